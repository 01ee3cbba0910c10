import type { Segment } from './model-engine.ts';

type Measures = Pick<Segment, 'no_speech_prob' | 'avg_logprob' | 'compression_ratio'>;

// The thresholds of openai/whisper, `transcribe()` in whisper/transcribe.py.
const NO_SPEECH = 0.6;
const LOGPROB = -1;
const REPETITIVE = 2.4;
/** Text that its compression doesn't shorten: a word or a phrase, for up to 30 s of sound. */
const HARDLY_ANYTHING = 1;

/**
 * Whether what a Whisper wrote may be of its own making: it answers silence and noise with words too. Either
 *
 * - the text repeats itself (compression ratio above 2.4, where Whisper itself takes its decoding for failed): noise gave
 *   “1,5,5,5…”, with a good log probability;
 * - or there was probably no speech (above 0.6), and besides the text is improbable (mean log probability below -1: what
 *   Whisper leaves out by itself, and other servers may not) or hardly there (compression ratio below 1): silence gave
 *   “You” (no-speech probability 0.73, ratio 0.27); “Subtítulos realizados por la comunidad de Amara.org” has 0.87.
 *
 * Null where the stated measures don't decide. A chant repeats itself as well: suspect is a reason to listen, and nothing
 * is left out.
 */
export function isSuspect({ no_speech_prob: noSpeech, avg_logprob: logprob, compression_ratio: ratio }: Measures) {
  const repetitive = above(ratio, REPETITIVE);
  const unlikely = either(below(logprob, LOGPROB), below(ratio, HARDLY_ANYTHING));
  return either(repetitive, both(above(noSpeech, NO_SPEECH), unlikely));
}

/** Null where no segment can be judged, or there are none to judge. */
export function suspectCount(segments: readonly Segment[] | null): number | null {
  if (segments === null || (segments.length > 0 && segments.every(({ suspect }) => suspect === null))) return null;
  return segments.filter(({ suspect }) => suspect === true).length;
}

/** True, false, or null for "not known", as in SQL. */
type Known = boolean | null;
const above = (value: number | null, bound: number): Known => (value === null ? null : value > bound);
const below = (value: number | null, bound: number): Known => (value === null ? null : value < bound);
const either = (a: Known, b: Known): Known =>
  a === true || b === true ? true : a === null || b === null ? null : false;
const both = (a: Known, b: Known): Known =>
  a === false || b === false ? false : a === null || b === null ? null : true;
