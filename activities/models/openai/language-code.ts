// Whisper's own list of languages, which OpenAI answers in words, and three of the Andes.
const CODES =
  'af afrikaans,am amharic,ar arabic,as assamese,ay aymara,az azerbaijani,ba bashkir,be belarusian,bg bulgarian,bn bengali,' +
  'bo tibetan,br breton,bs bosnian,ca catalan,cs czech,cy welsh,da danish,de german,el greek,en english,es spanish,' +
  'et estonian,eu basque,fa persian,fi finnish,fo faroese,fr french,gl galician,gn guarani,gu gujarati,ha hausa,haw hawaiian,' +
  'he hebrew,hi hindi,hr croatian,ht haitian creole,hu hungarian,hy armenian,id indonesian,is icelandic,it italian,' +
  'ja japanese,jv javanese,ka georgian,kk kazakh,km khmer,kn kannada,ko korean,la latin,lb luxembourgish,ln lingala,lo lao,' +
  'lt lithuanian,lv latvian,mg malagasy,mi maori,mk macedonian,ml malayalam,mn mongolian,mr marathi,ms malay,mt maltese,' +
  'my myanmar,ne nepali,nl dutch,nn nynorsk,no norwegian,oc occitan,pa punjabi,pl polish,ps pashto,pt portuguese,qu quechua,' +
  'ro romanian,ru russian,sa sanskrit,sd sindhi,si sinhala,sk slovak,sl slovenian,sn shona,so somali,sq albanian,sr serbian,' +
  'su sundanese,sv swedish,sw swahili,ta tamil,te telugu,tg tajik,th thai,tk turkmen,tl tagalog,tr turkish,tt tatar,' +
  'uk ukrainian,ur urdu,uz uzbek,vi vietnamese,yi yiddish,yo yoruba,yue cantonese,zh chinese';

const BY_NAME: ReadonlyMap<string, string> = new Map(
  CODES.split(',').map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
);

/** Codes that Whisper has and ISO 639 gave up. */
const REPLACED: Readonly<Record<string, string>> = { jw: 'jv', iw: 'he', in: 'id' };

/** ISO 639-1 of a language as a server states it (`spanish`, `es`, `es-PE`); null for what is no language that we know. */
export function languageCode(stated: string | null): string | null {
  const name = stated?.trim().toLowerCase() ?? '';
  const code = BY_NAME.get(name) ?? /^[a-z]{2,3}(?=$|[-_])/.exec(name)?.[0] ?? null;
  return code === null ? null : (REPLACED[code] ?? code);
}
