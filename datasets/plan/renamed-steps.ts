import type { Manifest, StepState } from '../../manifests/manifest.ts';

interface Renamed {
  readonly name: string;
  readonly was?: string;
}

/** Steps of a version by the names they have now, by the name they have in it. */
export function newNames(manifest: Manifest, steps: readonly Renamed[]): ReadonlyMap<string, string> {
  const there = manifest.state.steps;
  const kept = new Set(steps.map(({ name }) => name));
  return new Map(
    steps.flatMap(({ name, was }) =>
      was === undefined || name in there || !(was in there) || kept.has(was) ? [] : [[was, name] as const],
    ),
  );
}

/**
 * A version as if its steps had had the names that they have now, so that its files are found under them. Only the Merkle
 * roots of renamed steps are still made with the former names.
 */
export function withRenamedSteps(manifest: Manifest, steps: readonly Renamed[]): Manifest {
  const names = newNames(manifest, steps);
  if (names.size === 0) return manifest;
  const rename = (name: string) => names.get(name) ?? name;
  const renameRead = (read: string) => {
    const dot = read.indexOf('.');
    return rename(read.slice(0, dot)) + read.slice(dot);
  };
  const renamed = (state: StepState): StepState => ({
    ...state,
    needs: state.needs.map(rename),
    ...(state.reads && {
      reads: Object.fromEntries(Object.entries(state.reads).map(([role, read]) => [role, renameRead(read)])),
    }),
  });
  const byNewName = <T>(all: { readonly [name: string]: T }, change: (one: T) => T) =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [rename(name), change(one)]));
  return {
    ...manifest,
    state: { ...manifest.state, steps: byNewName(manifest.state.steps, renamed) },
    record: { ...manifest.record, steps: byNewName(manifest.record.steps, (record) => record) },
  };
}
