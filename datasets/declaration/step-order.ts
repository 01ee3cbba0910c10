/** What the order of steps depends on. */
interface Node {
  readonly name: string;
  readonly needs: readonly string[];
}

/** Steps so that each follows those it needs; of those that could be next, the one declared first. Cycles are left out. */
export function inDependencyOrder<S extends Node>(steps: readonly S[]): S[] {
  const ordered: S[] = [];
  const placed = new Set<string>();
  const ready = ({ name, needs }: S) => !placed.has(name) && needs.every((need) => placed.has(need));
  for (let next = steps.find(ready); next !== undefined; next = steps.find(ready)) {
    placed.add(next.name);
    ordered.push(next);
  }
  return ordered;
}

/** One way round each group of steps that need each other, such as `[a, b, a]` where a needs b and b needs a. */
export function cyclesOf(steps: readonly Node[]): string[][] {
  const needs = new Map(steps.map((step) => [step.name, step.needs]));
  const cycles: string[][] = [];
  const reported = new Set<string>();
  for (const { name } of steps) {
    const cycle = reported.has(name) ? null : wayBack(name, needs);
    if (cycle === null || cycle.some((step) => reported.has(step))) continue;
    for (const step of cycle) reported.add(step);
    cycles.push(cycle);
  }
  return cycles;
}

/** The shortest way from a step over its needs to itself. */
function wayBack(start: string, needs: ReadonlyMap<string, readonly string[]>): string[] | null {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (const step of waiting) {
    for (const need of needs.get(step) ?? []) {
      if (need === start) {
        const way = [start];
        for (let at: string | undefined = step; at !== undefined && at !== start; at = cameFrom.get(at))
          way.unshift(at);
        return [start, ...way];
      }
      if (cameFrom.has(need)) continue;
      cameFrom.set(need, step);
      waiting.push(need);
    }
  }
  return null;
}
