import { createHash } from 'node:crypto';

export const BASELINE_DIMENSIONS = 256;

/**
 * Words counted into as many places as the vector has, each at the place that its digest says, at length 1. Near each
 * other are texts with the same words, not those that mean the same. A text without words counts its characters.
 */
export function wordVector(text: string, dimensions: number): number[] {
  const small = text.normalize('NFC').toLowerCase();
  const words = small.match(/[\p{L}\p{M}\p{N}_]+/gu) ?? small.match(/\S/gu) ?? [];
  const counts = Array.from({ length: dimensions }, () => 0);
  for (const word of words) counts[createHash('sha256').update(word).digest().readUInt32BE(0) % dimensions]! += 1;
  const length = Math.hypot(...counts) || 1;
  return counts.map((count) => Math.fround(count / length));
}
