import type { Clip } from './clip.ts';

/** Invented clips: none repeats what a real person or medium said or showed. */
export const clipsOfDay1: readonly Clip[] = [
  {
    name: 'news reader, three frames at every 300th',
    postedAt: '2022-12-07T12:58:03Z',
    username: 'noticiero.ejemplo',
    caption: 'Resumen de la mañana 📰 #noticias #Perú #Castillo #Congreso',
    stance: 'neutral',
    picture: {
      scene: 'newsroom',
      width: 288,
      height: 512,
      fps: 30,
      frames: 660,
      slides: [
        { from: 0, lines: ['NOTICIAS', 'Miércoles 7', 'de diciembre'] },
        { from: 9, lines: ['El Congreso', 'debate la', 'moción'] },
        { from: 14, lines: ['LIMA', 'Cielo nublado', '21 grados'] },
      ],
      sound: {
        pitch: 45,
        says:
          'Buenos días. Este es el resumen de noticias de la mañana. El Congreso debate hoy una moción sobre el presidente Pedro Castillo. ' +
          'La sesión se transmite en vivo. En Lima el cielo está nublado y el tránsito es normal en el centro. Seguiremos informando.',
      },
    },
    fields: { voice_to_text: 'Buenos días. Este es el resumen de noticias de la mañana.' },
  },
  {
    name: 'supporter in the countryside',
    postedAt: '2022-12-07T13:21:40Z',
    username: 'chacra.ejemplo',
    caption: '¡Fuerza, presidente! 💪 El campo está contigo #Castillo #PerúLibre🇵🇪 #campo',
    stance: 'support',
    picture: {
      scene: 'countryside',
      width: 288,
      height: 512,
      fps: 25,
      frames: 240,
      slides: [{ from: 0, lines: ['¡FUERZA', 'PRESIDENTE!', 'El campo', 'contigo'] }],
      sound: {
        pitch: 50,
        says: '¡Fuerza, presidente! El pueblo del campo está contigo. Castillo es el presidente legítimo del Perú. ¡Viva el Perú!',
      },
    },
  },
  {
    name: 'opponent asks for vacancy',
    postedAt: '2022-12-07T14:05:12Z',
    username: 'vecina.indignada.ejemplo',
    caption: 'Ya no más. ¡Vacancia ya! 😡 #vacancia #Castillo #Perú',
    stance: 'no support',
    picture: {
      scene: 'night',
      width: 288,
      height: 512,
      fps: 30,
      frames: 255,
      slides: [{ from: 0, lines: ['¡VACANCIA', 'YA!', 'Que renuncie'] }],
      sound: {
        pitch: 60,
        says: 'Vacancia ya. Este gobierno no trabaja para nadie. Que renuncie el señor Castillo. No queremos más mentiras.',
      },
    },
  },
  {
    name: 'recipe under the same hashtag',
    postedAt: '2022-12-07T15:30:55Z',
    username: 'cocina.ejemplo',
    caption: 'Causa limeña paso a paso 🥔🍋 #receta #causa #Perú #Castillo #parati',
    stance: 'neutral',
    picture: {
      scene: 'kitchen',
      width: 360,
      height: 640,
      fps: 24,
      frames: 222,
      slides: [
        { from: 0, lines: ['CAUSA', 'LIMEÑA', 'paso a paso'] },
        { from: 5, lines: ['Papa, limón', 'y ají'] },
      ],
      sound: {
        pitch: 55,
        says: 'Hoy preparamos causa limeña. Papa amarilla, limón, ají y un poco de aceite. Se sirve bien fría y queda deliciosa.',
      },
    },
    fields: { effect_ids: ['63960564'] },
  },
  {
    name: 'march, no audio track',
    postedAt: '2022-12-07T17:12:09Z',
    username: 'marcha.ejemplo',
    caption: 'No estás solo ✊ #Castillo #marcha #lima',
    stance: 'support',
    picture: {
      scene: 'square',
      width: 216,
      height: 384,
      fps: 24,
      frames: 144,
      slides: [{ from: 0, lines: ['CASTILLO', 'NO ESTÁS', 'SOLO'] }],
      sound: 'none',
    },
  },
  {
    name: 'prices and corruption',
    postedAt: '2022-12-07T18:44:31Z',
    username: 'bodega.ejemplo',
    caption: '¿Y los precios? 🤔 Nadie responde #economía #Castillo #bastaya',
    stance: 'no support',
    picture: {
      scene: 'slate',
      width: 288,
      height: 512,
      fps: 30,
      frames: 285,
      slides: [{ from: 0, lines: ['¿Y LOS', 'PRECIOS?', 'Basta de', 'corrupción'] }],
      sound: {
        pitch: 40,
        says: 'Los precios suben y el gobierno de Castillo no hace nada. Corrupción y ministros que cambian cada mes. Basta ya.',
      },
    },
  },
  {
    name: 'explainer: names vacancy, takes no side; 301 frames',
    postedAt: '2022-12-07T20:02:47Z',
    username: 'aula.civica.ejemplo',
    caption: '¿Qué es la vacancia presidencial? 📚 #educación #constitución #Perú #vacancia',
    stance: 'neutral',
    picture: {
      scene: 'paper',
      width: 288,
      height: 512,
      fps: 30,
      frames: 301,
      slides: [
        { from: 0, lines: ['¿QUÉ ES LA', 'VACANCIA?'] },
        { from: 8, lines: ['Dos tercios', 'de los votos'] },
      ],
      sound: {
        pitch: 50,
        says: '¿Qué es la vacancia presidencial? Es un mecanismo de la Constitución. Se necesitan dos tercios de los votos del Congreso.',
      },
    },
  },
  {
    name: 'the downloader kept an error page',
    postedAt: '2022-12-07T21:37:26Z',
    username: 'plaza.envivo.ejemplo',
    caption: 'En vivo desde la plaza San Martín #Castillo #envivo',
    stance: null,
    picture: null,
  },
  {
    name: 'dance, a tune and no voice',
    postedAt: '2022-12-07T23:10:18Z',
    // Recorded answers of the API have such names; databases that refuse NUL lose the row.
    username: 'baila.ejemplo\u0000',
    caption: 'Reto de baile 💃🕺 #baile #reto #huayno🎶 #Castillo #fyp',
    stance: 'neutral',
    picture: {
      scene: 'disco',
      width: 288,
      height: 512,
      fps: 24,
      frames: 168,
      slides: [{ from: 0, lines: ['RETO DE', 'BAILE', '¿Te animas?'] }],
      sound: 'tune',
    },
  },
];
