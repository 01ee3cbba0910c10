import { lettersOf } from './lines-of-page.ts';
import type { Box, TextLine } from './text-reader.ts';

/** Another reading of the same place wins only when it is this much better. */
const BETTER = 1.05;

/**
 * Lines of two readings of one image, from the top. Where both have a line in the same place, the second replaces the
 * first only when it has more letters, read with no less confidence.
 */
export function mergeReadings(first: readonly TextLine[], second: readonly TextLine[]): TextLine[] {
  const merged = [...first];
  for (const line of second) {
    const rivals = merged.filter(({ box }) => samePlace(box, line.box));
    const best = Math.max(0, ...rivals.map(({ text, confidence }) => evidence(text, confidence)));
    if (rivals.length > 0 && evidence(withoutStrays(line.text), line.confidence) < best * BETTER) continue;
    for (const rival of rivals) merged.splice(merged.indexOf(rival), 1);
    merged.push(line);
  }
  return merged.toSorted((a, b) => a.box.y0 - b.box.y0 || a.box.x0 - b.box.x0);
}

const evidence = (text: string, confidence: number): number => lettersOf(text).length * confidence;

/** The edge of a box beside a line is read as a letter of its own: no gain over a reading without it. */
const withoutStrays = (text: string): string =>
  text
    .split(' ')
    .filter((word) => word.length > 1)
    .join(' ');

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
