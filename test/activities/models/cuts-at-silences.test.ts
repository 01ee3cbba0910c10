import { expect, it } from 'vitest';
import { cutsAtSilences } from '../../../activities/models/openai/cuts-at-silences.ts';

/** Cuts in seconds, of parts of 100 s at most. */
const cuts = (seconds: number, ...silences: (readonly [fromS: number, toS: number | null])[]) =>
  cutsAtSilences(
    seconds * 16_000,
    100 * 16_000,
    silences.map(([fromS, toS]) => ({ fromS, toS })),
  ).map(({ sample, atSilence }) => `${sample / 16_000} ${atSilence ? 'at a silence' : 'anywhere'}`);

it('cuts nothing that fits', () => {
  expect(cuts(100, [80, 81])).toEqual([]);
});

it('cuts in the middle of the longest silence of the last quarter, counted from the last cut', () => {
  expect(cuts(250, [10, 30], [80, 81], [90, 92], [150, 151], [180, 183])).toEqual([
    '91 at a silence',
    '181.5 at a silence',
  ]);
});

it('takes the later of equal silences, so that there are fewer parts', () => {
  expect(cuts(180, [80, 81], [90, 91])).toEqual(['90.5 at a silence']);
});

it('sees the part of a silence that is near the limit', () => {
  expect(cuts(170, [60, 77])).toEqual(['76 at a silence']);
  expect(cuts(180, [98, null])).toEqual(['99 at a silence']);
  // 0.2 s of it are too little.
  expect(cuts(180, [60, 75.2])).toEqual(['100 anywhere']);
});

it('cuts at tenths of a second', () => {
  expect(cuts(180, [90.123, 91.458])).toEqual(['90.7 at a silence']);
});

it('cuts at the limit without a silence', () => {
  expect(cuts(230)).toEqual(['100 anywhere', '200 anywhere']);
});

it('leaves no short rest', () => {
  expect(cuts(100.05)).toEqual(['75 anywhere']);
  expect(cuts(110, [80, 82], [90, 95])).toEqual(['81 at a silence']);
});
