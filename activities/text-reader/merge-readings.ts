import { lettersOf } from './lines-of-page.ts';
import type { Box, TextLine } from './text-reader.ts';

/** Another reading of the same place wins only when it is this much better. */
const BETTER = 1.05;

/**
 * Lines of two readings of one image, from the top. Where both have a line in the same place, the one with more
 * letters read with confidence stays; the first when they are about equal.
 */
export function mergeReadings(first: readonly TextLine[], second: readonly TextLine[]): TextLine[] {
  const merged = [...first];
  for (const line of second) {
    const rivals = merged.filter(({ box }) => samePlace(box, line.box));
    const best = Math.max(0, ...rivals.map(evidence));
    if (rivals.length > 0 && evidence(line) < best * BETTER) continue;
    for (const rival of rivals) merged.splice(merged.indexOf(rival), 1);
    merged.push(line);
  }
  return merged.toSorted((a, b) => a.box.y0 - b.box.y0 || a.box.x0 - b.box.x0);
}

const evidence = ({ text, confidence }: TextLine): number => lettersOf(text).length * confidence;

const area = ({ x0, y0, x1, y1 }: Box): number => Math.max(0, x1 - x0) * Math.max(0, y1 - y0);

/** More than half of the smaller box lies in the other. */
function samePlace(a: Box, b: Box): boolean {
  const common = {
    x0: Math.max(a.x0, b.x0),
    y0: Math.max(a.y0, b.y0),
    x1: Math.min(a.x1, b.x1),
    y1: Math.min(a.y1, b.y1),
  };
  return area(common) > Math.min(area(a), area(b)) / 2;
}
