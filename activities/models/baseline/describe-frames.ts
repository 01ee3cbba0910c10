import { type FrameFacts, frameDifference } from './frame-facts.ts';

/** English sentences that say what was measured and read, and nothing else. */
export function describeFrames(frames: readonly FrameFacts[], lines: readonly string[]): string {
  const { width, height } = frames[0]!;
  const number = frames.length === 1 ? 'one frame' : `${frames.length} frames`;
  const brightness = mean(frames.map((frame) => frame.brightness));
  const contrast = mean(frames.map((frame) => frame.contrast));
  const picture =
    `Measured in ${number} of ${width} x ${height} pixels: ${word(brightness, ['dark', 'of medium brightness', 'bright'], [0.3, 0.6])} ` +
    `(${percent(brightness)}), ${word(contrast, ['low', 'medium', 'high'], [0.1, 0.22])} contrast, mostly ${mainColours(frames)}.`;
  const text =
    lines.length === 0
      ? 'No text could be read.'
      : `Text that could be read: ${lines.map((line) => `“${line}”`).join(', ')}.`;
  return [picture, ...motion(frames), text].join(' ');
}

function motion(frames: readonly FrameFacts[]): string[] {
  if (frames.length < 2) return [];
  const changes = frames.slice(1).map((frame, index) => frameDifference(frames[index]!, frame));
  const change = mean(changes);
  return [
    `From frame to frame ${word(change, ['hardly anything changes', 'parts change', 'most changes'], [0.03, 0.15])} (${percent(change)}).`,
  ];
}

function mainColours(frames: readonly FrameFacts[]): string {
  const shares = new Map<string, number>();
  for (const { colours } of frames)
    for (const [name, share] of colours) shares.set(name, (shares.get(name) ?? 0) + share / frames.length);
  const ranked = [...shares].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return ranked
    .slice(0, 3)
    .filter(([, share], index) => index === 0 || share >= 0.1)
    .map(([name, share]) => `${name} (${percent(share)})`)
    .join(', ');
}

const word = (value: number, words: readonly [string, string, string], [low, high]: readonly [number, number]) =>
  words[value < low ? 0 : value < high ? 1 : 2];
const percent = (share: number) => `${Math.round(share * 100)} %`;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
