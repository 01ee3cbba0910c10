export interface Distribution {
  readonly n: number;
  readonly mean: number;
  readonly quartiles: readonly [number, number, number];
  readonly min: number;
  readonly max: number;
  /** Equal stretches from `from` to `to`; the last has both its ends. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly rows: number }[];
}

/** Quantiles lie on the line between the two nearest values (R's type 7, numpy's default). Null for no value. */
export function distributionOf(
  values: readonly number[],
  { bins = 20, from, to }: { readonly bins?: number; readonly from?: number; readonly to?: number } = {},
): Distribution | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (share: number) => {
    const at = (sorted.length - 1) * share;
    const below = sorted[Math.floor(at)]!;
    return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
  };
  const min = sorted[0]!;
  const max = sorted.at(-1)!;
  return {
    n: sorted.length,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    quartiles: [quantile(0.25), quantile(0.5), quantile(0.75)],
    min,
    max,
    bins: binsOf(sorted, from ?? min, to ?? max, bins),
  };
}

function binsOf(values: readonly number[], from: number, to: number, bins: number): Distribution['bins'] {
  if (from === to) return [{ from, to, rows: values.length }];
  const edge = (index: number) => from + ((to - from) * index) / bins;
  const rows = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const place = Math.floor(((value - from) / (to - from)) * bins);
    rows[Math.min(bins - 1, Math.max(0, place))]! += 1;
  }
  return rows.map((count, index) => ({ from: edge(index), to: edge(index + 1), rows: count }));
}
