import type { SeededRandom } from '../strict-server/seeded-random.ts';

/**
 * How many videos each of so many days has: exactly `total` together, with a peak after a sixth of them, about one
 * empty day in ten and one in eight with fewer than ten.
 */
export function dayCounts(days: number, total: number, random: SeededRandom): number[] {
  const peak = Math.floor(days / 6);
  const weights = Array.from({ length: days }, (_, day) => {
    const news = 1 + 9 * Math.exp(-Math.abs(day - peak) / 6);
    return news * (0.5 + random.next());
  });
  const kinds = weights.map((_, day) => kindOf(day, peak));
  const thin = kinds.map((kind) => (kind === 'thin' ? Math.min(1 + random.below(9), Math.floor(total / days)) : 0));
  const busy = weights.map((weight, day) => (kinds[day] === 'busy' ? weight : 0));
  return shares(busy, total - sum(thin)).map((count, day) => count + (thin[day] ?? 0));
}

/** Fixed places, so that also a population of ten days has one of each; the peak is always busy. */
function kindOf(day: number, peak: number): 'empty' | 'thin' | 'busy' {
  if (day === peak) return 'busy';
  if (day % 10 === 4) return 'empty';
  return day % 8 === 7 ? 'thin' : 'busy';
}

/** Whole numbers in proportion to the weights that make up exactly the total: largest remainders get what is left. */
function shares(weights: readonly number[], total: number): number[] {
  const exact = weights.map((weight) => (weight / sum(weights)) * total);
  const counts = exact.map(Math.floor);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .toSorted((a, b) => b.remainder - a.remainder);
  for (const { index } of byRemainder.slice(0, total - sum(counts))) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
