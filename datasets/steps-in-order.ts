/** Steps by how far they are from the source, then by name: a manifest keeps them in no order of its own. */
export function stepsInOrder<S extends { readonly needs: readonly string[] }>(
  steps: Readonly<Record<string, S>>,
): [string, S][] {
  const depths = new Map<string, number>();
  const depth = (name: string): number => {
    const known = depths.get(name) ?? Math.max(0, ...(steps[name]?.needs ?? []).map((need) => depth(need) + 1));
    depths.set(name, known);
    return known;
  };
  return Object.entries(steps).toSorted(([a], [b]) => depth(a) - depth(b) || (a < b ? -1 : 1));
}
