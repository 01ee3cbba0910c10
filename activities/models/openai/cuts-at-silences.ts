import type { Silence } from '../../ffmpeg/silences.ts';
import { SILENCE } from '../../ffmpeg/silences.ts';
import { SPEECH_WAV } from '../../ffmpeg/speech-wav.ts';

/** Where an audio is cut in two, in samples from its start. */
export interface Cut {
  readonly sample: number;
  /** False where nobody was silent for long enough: the cut may go through a word. */
  readonly atSilence: boolean;
}

const { samplesPerSecond } = SPEECH_WAV;
/** Cuts stand at tenths of a second: what versions of ffmpeg round differently gives the same request. */
const GRID = samplesPerSecond / 10;
const SHORTEST_SILENCE = SILENCE.minS * samplesPerSecond;

/**
 * Cuts that leave no part longer than `maxSamples`, each in the middle of the longest silence in the last quarter before
 * the limit; without one, at the limit. The last part keeps at least a quarter of it: models refuse 0.1 s, and a short
 * rest is one of which they know nothing.
 */
export function cutsAtSilences(samples: number, maxSamples: number, silences: readonly Silence[]): Cut[] {
  const quiet = silences.map(({ fromS, toS }) => ({
    from: Math.ceil(fromS * samplesPerSecond),
    to: toS === null ? samples : Math.floor(toS * samplesPerSecond),
  }));
  const quarter = Math.floor(maxSamples / 4);
  const cuts: Cut[] = [];
  for (let from = 0; samples - from > maxSamples; from = cuts.at(-1)!.sample) {
    const latest = Math.min(from + maxSamples, samples - quarter);
    cuts.push(cutBetween(latest - quarter, latest, quiet));
  }
  return cuts;
}

function cutBetween(earliest: number, latest: number, quiet: readonly Stretch[]): Cut {
  let longest: Stretch = { from: latest, to: latest };
  for (const each of quiet) {
    const inside = { from: Math.max(each.from, earliest), to: Math.min(each.to, latest) };
    if (lengthOf(inside) >= Math.max(SHORTEST_SILENCE, lengthOf(longest))) longest = inside;
  }
  return { sample: onGrid((longest.from + longest.to) / 2), atSilence: lengthOf(longest) > 0 };
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

const lengthOf = ({ from, to }: Stretch) => to - from;
const onGrid = (sample: number) => Math.floor(sample / GRID) * GRID;
