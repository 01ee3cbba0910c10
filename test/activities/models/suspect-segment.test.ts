import { describe, expect, it } from 'vitest';
import { isSuspect, suspectCount } from '../../../activities/models/suspect-segment.ts';

const measured = (noSpeech: number | null, logprob: number | null, ratio: number | null) =>
  isSuspect({ no_speech_prob: noSpeech, avg_logprob: logprob, compression_ratio: ratio });

describe('a segment is suspect', () => {
  it.each([
    ['" You" for silence', 0.73, -0.68, 0.27, true],
    ['"1,5,5,5…" for noise', 0.1, -0.09, 3.31, true],
    ['what Whisper itself would take for silence', 0.7, -1.2, 1.4, true],
    ['a sentence that may be silence, and is sure of itself', 0.7, -0.3, 1.4, false],
    ['a short word, spoken', 0.02, -0.3, 0.33, false],
    ['improbable words where somebody speaks', 0.2, -1.4, 1.5, false],
    ['the thresholds themselves', 0.6, -1, 2.4, false],
  ])('or not: %s', (_what, noSpeech, logprob, ratio, suspect) => {
    expect(measured(noSpeech, logprob, ratio)).toBe(suspect);
  });

  it('only where the measures decide it', () => {
    expect(measured(null, null, null)).toBeNull();
    expect(measured(null, -0.3, 3)).toBe(true);
    expect(measured(null, -0.3, 1.2)).toBe(false);
    expect(measured(null, -0.3, 0.5)).toBeNull();
    expect(measured(0.1, null, null)).toBeNull();
    expect(measured(0.1, null, 1.2)).toBe(false);
    expect(measured(0.7, -1.2, null)).toBe(true);
    expect(measured(0.7, -0.3, null)).toBeNull();
  });
});

it('suspects are counted where at least one segment can be judged', () => {
  const segment = (suspect: boolean | null) => ({
    start_s: 0,
    end_s: 1,
    text: '',
    speaker: null,
    no_speech_prob: null,
    avg_logprob: null,
    compression_ratio: null,
    suspect,
  });
  expect(suspectCount([true, false, true, null].map(segment))).toBe(2);
  expect(suspectCount([null, null].map(segment))).toBeNull();
  expect(suspectCount([])).toBe(0);
  expect(suspectCount(null)).toBeNull();
});
