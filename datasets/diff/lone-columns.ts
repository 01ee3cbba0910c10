import { rowsWithValues } from '../status-counts.ts';
import { causeLabel } from '../causes.ts';
import { configurationChanges } from '../configuration-changes.ts';
import type { DiffScope } from './diff-scope.ts';
import type { NamedStep, Pairing, StepPair } from './pair-steps.ts';
import type { LoneColumn, VersionDiff } from './version-diff.ts';

/** Columns that one of the versions has alone, from the manifests: no file is read for them. */
export function loneColumns({ pairs, onlyBefore, onlyAfter }: Pairing, scope: DiffScope): VersionDiff['only_in'] {
  const inScope = ({ column }: LoneColumn) =>
    (scope.columns === null || scope.columns.includes(column)) &&
    (scope.steps === null || scope.steps.some((step) => column.startsWith(`${step}.`)));
  return {
    a: [
      ...onlyBefore.flatMap((step) => ofStep(step, step.name, 'removed')),
      ...pairs.flatMap((pair) => ofPair(pair, pair.before, pair.after)),
    ].filter(inScope),
    b: [
      ...onlyAfter.flatMap((step) => ofStep(step, step.name, 'new step')),
      ...pairs.flatMap((pair) => ofPair(pair, pair.after, pair.before)),
    ].filter(inScope),
  };
}

function ofPair(pair: StepPair, having: NamedStep, lacking: NamedStep): LoneColumn[] {
  const others = new Set(lacking.state.columns.map(({ name }) => name));
  const causes = configurationChanges(pair.before.state, pair.after.state).map(({ cause }) => cause);
  // The columns of an imported file are found in it.
  const cause = causeLabel(causes.length > 0 ? causes : [{ word: 'source' }]);
  return ofStep(having, pair.after.name, cause).filter(
    ({ column }) => !others.has(column.slice(pair.after.name.length + 1)),
  );
}

const ofStep = ({ state }: NamedStep, name: string, cause: string): LoneColumn[] =>
  state.columns.map((column) => ({ column: `${name}.${column.name}`, rows: rowsWithValues(state.partitions), cause }));
