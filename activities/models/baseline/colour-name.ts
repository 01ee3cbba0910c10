const HUES: readonly (readonly [below: number, name: string])[] = [
  [15, 'red'],
  [45, 'orange'],
  [70, 'yellow'],
  [165, 'green'],
  [200, 'turquoise'],
  [255, 'blue'],
  [290, 'purple'],
  [345, 'pink'],
  [360, 'red'],
];

/** An everyday word for a colour, by hue, saturation and value. Components are from 0 to 1. */
export function colourName(red: number, green: number, blue: number): string {
  const value = Math.max(red, green, blue);
  const range = value - Math.min(red, green, blue);
  if (value < 0.2) return 'black';
  if (range / value < 0.15) return value > 0.85 ? 'white' : 'grey';
  const sixth =
    value === red
      ? ((green - blue) / range + 6) % 6
      : value === green
        ? (blue - red) / range + 2
        : (red - green) / range + 4;
  const hue = sixth * 60;
  const name = HUES.find(([below]) => hue < below)?.[1] ?? 'red';
  return name === 'orange' && value < 0.6 ? 'brown' : name;
}
