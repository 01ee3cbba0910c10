export type Allocation = 'proportional' | 'equal';

/**
 * How many rows to draw from each stratum, their sizes being `sizes`: never more than it has, in all `total` or every row.
 *
 * Proportional: by largest remainder, and at least one of each stratum as long as there are enough to draw. Equal: the same
 * number of each; what small strata lack goes to the larger ones.
 */
export function allocateSample(sizes: readonly number[], total: number, allocation: Allocation): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const wanted = Math.min(total, all);
  return allocation === 'equal' ? equally(sizes, wanted) : proportionally(sizes, wanted, all);
}

function equally(sizes: readonly number[], wanted: number): number[] {
  const drawn = sizes.map(() => 0);
  for (let left = wanted; left > 0;) {
    const open = sizes.flatMap((size, index) => (size > drawn[index]! ? [index] : []));
    const each = Math.max(1, Math.floor(left / open.length));
    // The largest strata first, where fewer are left than there are strata.
    for (const index of open.toSorted((a, b) => sizes[b]! - sizes[a]! || a - b)) {
      const more = Math.min(each, sizes[index]! - drawn[index]!, left);
      drawn[index]! += more;
      left -= more;
    }
  }
  return drawn;
}

function proportionally(sizes: readonly number[], wanted: number, all: number): number[] {
  const filled = sizes.filter((size) => size > 0).length;
  const least = wanted >= filled ? 1 : 0;
  const exact = sizes.map((size) => (all === 0 ? 0 : (size / all) * wanted));
  const drawn = sizes.map((size, index) => Math.min(size, Math.max(Math.floor(exact[index]!), least)));
  const shortBy = (index: number) => exact[index]! - drawn[index]!;
  let left = wanted - drawn.reduce((sum, count) => sum + count, 0);
  while (left !== 0) {
    const step = Math.sign(left);
    const open = sizes.flatMap((size, index) => {
      const possible = step > 0 ? drawn[index]! < size : drawn[index]! > least;
      return possible ? [index] : [];
    });
    // Up: the one furthest below its share. Down, where the least of small strata took too many: the one furthest above.
    const next = open.reduce((best, index) => (step * shortBy(index) > step * shortBy(best) ? index : best));
    drawn[next]! += step;
    left -= step;
  }
  return drawn;
}
