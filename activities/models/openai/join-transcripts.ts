import { SPEECH_WAV } from '../../ffmpeg/speech-wav.ts';
import type { SpeechPart } from '../model-calls.ts';
import type { Segment, Transcript, Word } from '../model-engine.ts';
import type { Cut } from './cuts-at-silences.ts';

export interface PartTranscript {
  readonly part: SpeechPart;
  readonly transcript: Transcript;
}

/** One transcript of parts in their order, with times from the start of the whole audio. */
export function joinTranscripts(parts: readonly PartTranscript[], cuts: readonly Cut[]): Transcript {
  const texts = parts.map(({ transcript }) => transcript.text);
  return {
    text: texts.filter((text) => text !== '').join(' '),
    language: languageOfLongest(parts),
    durationS: joined(parts, ({ durationS }) => (durationS === null ? null : [durationS]))?.reduce(plus, 0) ?? null,
    segments: joined(parts, ({ segments }, startS, number) =>
      segments
        ? segments.map((segment) => ({ ...laterBy(startS, segment), speaker: speakerOf(segment, number) }))
        : null,
    ),
    words: joined(parts, ({ words }, startS) => words?.map((word) => laterBy(startS, word)) ?? null),
    cuts: cuts.map(({ sample, atSilence }) => ({ at_s: secondsOf(sample), at_silence: atSilence })),
  };
}

/** Everything of all parts; null when one of them has none, for then it would be but a piece. */
function joined<T>(
  parts: readonly PartTranscript[],
  of: (transcript: Transcript, startS: number, number: number) => readonly T[] | null,
): readonly T[] | null {
  const lists = parts.map(({ part, transcript }, index) => of(transcript, secondsOf(part.fromSample), index + 1));
  return lists.every((list) => list !== null) ? lists.flat() : null;
}

const secondsOf = (sample: number) => sample / SPEECH_WAV.samplesPerSecond;
/** Microseconds: no provider states finer times, and sums of decimals have tails. */
const plus = (a: number, b: number) => Math.round((a + b) * 1e6) / 1e6;

const laterBy = <T extends Word | Segment>(startS: number, said: T): T => ({
  ...said,
  start_s: said.start_s === null ? null : plus(said.start_s, startS),
  end_s: said.end_s === null ? null : plus(said.end_s, startS),
});

/** A model names the speakers of each part anew: its A of one part need not be the A of the next. */
const speakerOf = ({ speaker }: Segment, part: number) => (speaker === null ? null : `${part}:${speaker}`);

function languageOfLongest(parts: readonly PartTranscript[]): string | null {
  const stated = parts.filter(({ transcript }) => transcript.language !== null);
  const longest = stated.toSorted((a, b) => lengthOf(b.part) - lengthOf(a.part))[0];
  return longest?.transcript.language ?? null;
}

const lengthOf = ({ fromSample, toSample }: SpeechPart) => toSample - fromSample;
