import type { TranscriptionSegment, TranscriptionWord } from 'openai/resources/audio/transcriptions';
import type { DigestPicker } from './digest-picker.ts';
import type { Answer } from './served-request.ts';

/** What was said and when, before it is put into one of the response formats. */
export interface Transcript {
  readonly text: string;
  readonly language: string;
  readonly duration: number;
  readonly segments: readonly SpokenSegment[];
  readonly words: readonly TranscriptionWord[];
}

/** Who speaks is said in `diarized_json` alone. */
export type SpokenSegment = TranscriptionSegment & { readonly speaker?: string };

/** What a test may answer with instead of a text; what it leaves out follows from the text and the duration. */
export interface TranscriptAnswer {
  readonly text?: string;
  readonly language?: string;
  readonly segments?: readonly (Partial<SpokenSegment> & { text: string })[];
}

const wordsASegment = 8;
const rounded = (seconds: number): number => Math.round(seconds * 100) / 100;

export function transcriptOf(
  answer: Answer | undefined,
  asked: { duration: number; language: string | undefined; temperature: number },
  pick: DigestPicker,
): Transcript {
  const given: TranscriptAnswer = typeof answer === 'string' ? { text: answer } : (answer ?? {});
  const said = given.segments ?? splitUp(given.text ?? pick.words(4 + pick.below(20)));
  const characters = said.reduce((sum, { text }) => sum + text.length, 0);
  let spoken = 0;
  const segments = said.map((segment, id): SpokenSegment => {
    const start = rounded((asked.duration * spoken) / characters);
    spoken += segment.text.length;
    const fromText = { start, end: rounded((asked.duration * spoken) / characters), seek: 0 };
    const measures = {
      temperature: asked.temperature,
      avg_logprob: -0.25,
      compression_ratio: 1.2,
      no_speech_prob: 0.02,
    };
    const tokens = [
      50_364,
      ...segment.text
        .trim()
        .split(' ')
        .map((word) => word.length),
      50_365,
    ];
    return { id, ...fromText, tokens, ...measures, ...segment };
  });
  return {
    text: given.text ?? segments.map(({ text }) => text.trim()).join(' '),
    language: given.language ?? asked.language ?? 'spanish',
    duration: asked.duration,
    segments,
    words: segments.flatMap(wordsOf),
  };
}

// Whisper's segments begin with a space, and a silent file has none.
function splitUp(text: string): { text: string }[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return Array.from({ length: Math.ceil(words.length / wordsASegment) }, (_, index) => ({
    text: ` ${words.slice(index * wordsASegment, (index + 1) * wordsASegment).join(' ')}`,
  }));
}

function wordsOf({ text, start, end }: TranscriptionSegment): TranscriptionWord[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const each = (end - start) / words.length;
  return words.map((word, index) => ({
    word,
    start: rounded(start + index * each),
    end: rounded(start + (index + 1) * each),
  }));
}
