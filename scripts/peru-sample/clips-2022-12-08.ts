import type { Clip } from './clip.ts';

export const clipsOfDay2: readonly Clip[] = [
  {
    name: 'news: what happened, both sides; 390 frames',
    postedAt: '2022-12-08T11:45:00Z',
    username: 'noticiero.ejemplo',
    caption: 'Lo que pasó ayer, en trece segundos ⏱️ #noticias #Perú #Boluarte #Castillo',
    stance: 'neutral',
    picture: {
      scene: 'newsroom',
      width: 288,
      height: 512,
      fps: 30,
      frames: 390,
      slides: [
        { from: 0, lines: ['NOTICIAS', 'Jueves 8', 'de diciembre'] },
        { from: 7, lines: ['Boluarte', 'juramentó', 'ayer'] },
      ],
      sound: {
        pitch: 45,
        says:
          'El Congreso votó ayer la vacancia del presidente Castillo, y la vicepresidenta Dina Boluarte juramentó el cargo. ' +
          'Hay opiniones a favor y en contra. Más detalles en la tarde.',
      },
    },
  },
  {
    name: 'rural teacher supports',
    postedAt: '2022-12-08T13:02:33Z',
    username: 'profe.rural.ejemplo',
    caption: 'Mi opinión como maestra rural 🍎 #maestros #Castillo #apoyo #PerúProfundo⛰️',
    stance: 'support',
    picture: {
      scene: 'countryside',
      width: 288,
      height: 512,
      fps: 25,
      frames: 225,
      slides: [{ from: 0, lines: ['MAESTRA', 'RURAL', 'Sí, lo apoyo'] }],
      sound: {
        pitch: 65,
        says: 'Soy maestra de una escuela rural y apoyo al presidente Castillo. Él conoce nuestra realidad. Tiene todo mi respaldo.',
      },
    },
  },
  {
    name: 'opponent: a coup is no democracy',
    postedAt: '2022-12-08T14:18:05Z',
    username: 'ciudadano.ejemplo',
    caption: 'No al golpe. Democracia sí 🗳️ #democracia #Castillo #golpe',
    stance: 'no support',
    picture: {
      scene: 'square',
      width: 288,
      height: 512,
      fps: 30,
      frames: 270,
      slides: [{ from: 0, lines: ['NO AL', 'GOLPE', 'Democracia sí'] }],
      sound: {
        pitch: 42,
        says: 'Cerrar el Congreso no es democracia. Eso se llama golpe de Estado. Castillo debe responder ante la justicia.',
      },
    },
  },
  {
    name: 'football, four seconds',
    postedAt: '2022-12-08T16:40:51Z',
    username: 'barrio.futbol.ejemplo',
    caption: '¡Golazo en la final del barrio! ⚽🔥 #fútbol #barrio #parati #Castillo',
    stance: 'neutral',
    picture: {
      scene: 'pitch',
      width: 216,
      height: 384,
      fps: 30,
      frames: 120,
      slides: [{ from: 0, lines: ['¡GOLAZO!', 'FINAL', '3 a 2'] }],
      sound: { pitch: 70, says: '¡Gol! Tres a dos en la final del barrio.' },
    },
    // Seen in recorded answers: a count that is simply not there.
    fields: { like_count: undefined },
  },
  {
    name: 'sarcasm: praise that is none',
    postedAt: '2022-12-08T18:25:14Z',
    username: 'ironia.ejemplo',
    caption: 'El mejor del mundo, dicen 👏👏 #humor #Castillo #récord',
    stance: 'no support',
    picture: {
      scene: 'paper',
      width: 288,
      height: 512,
      fps: 30,
      frames: 279,
      slides: [{ from: 0, lines: ['EL MEJOR', 'DEL MUNDO', 'sí, claro...'] }],
      sound: {
        pitch: 35,
        says: 'Sí, claro, el mejor presidente del mundo. Cinco gabinetes en un año, todo un récord. Un aplauso, por favor.',
      },
    },
  },
  {
    name: 'supporter who says no to vacancy; exactly 300 frames',
    postedAt: '2022-12-08T19:55:39Z',
    username: 'mi.voto.ejemplo',
    caption: 'No a la vacancia. Mi voto se respeta ✍️ #Castillo #respetenmivoto',
    stance: 'support',
    picture: {
      scene: 'slate',
      width: 360,
      height: 640,
      fps: 30,
      frames: 300,
      slides: [{ from: 0, lines: ['No a la', 'VACANCIA', 'Respeten', 'mi voto'] }],
      sound: {
        pitch: 50,
        says: 'No a la vacancia. El voto del pueblo se respeta. Elegimos al presidente Castillo y lo defendemos. Seguimos en la lucha.',
      },
    },
  },
  {
    name: 'sign, no audio track',
    postedAt: '2022-12-08T21:08:22Z',
    username: 'cartel.ejemplo',
    caption: '📢 #fueraCastillo #eleccionesya',
    stance: 'no support',
    picture: {
      scene: 'night',
      width: 288,
      height: 512,
      fps: 25,
      frames: 125,
      slides: [{ from: 0, lines: ['¡FUERA', 'CASTILLO!', 'Elecciones', 'ya'] }],
      sound: 'none',
    },
  },
  {
    name: 'poll asks both sides; posted at 23:59:48',
    postedAt: '2022-12-08T23:59:48Z',
    username: 'encuestas.ejemplo',
    caption: 'Deja tu respuesta 👇',
    stance: 'neutral',
    picture: {
      scene: 'studio',
      width: 288,
      height: 512,
      fps: 30,
      frames: 240,
      slides: [{ from: 0, lines: ['¿A FAVOR O', 'EN CONTRA?', 'Comenta'] }],
      sound: {
        pitch: 55,
        says: 'Encuesta del día. ¿Estás a favor o en contra del presidente Castillo? Deja tu respuesta en los comentarios.',
      },
    },
    // Without hashtags the API gives an empty list in some answers, and no field at all in others.
    fields: { hashtag_names: [] },
  },
];
