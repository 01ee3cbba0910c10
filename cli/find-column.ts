import { type ColumnJson } from '../datasets/column-type.ts';
import { CompareError } from '../datasets/compare/compare-error.ts';
import { didYouMean } from '../datasets/declaration/did-you-mean.ts';
import type { Digest } from '../manifests/digest.ts';
import type { StepState } from '../manifests/manifest.ts';
import type { ResolvedVersion } from './resolve-version.ts';

export interface FoundColumn {
  readonly stepName: string;
  readonly step: StepState;
  readonly column: ColumnJson;
}

/** `step.column` in a version, as it was written. Throws `CompareError` with what there is. */
export function findColumn({ manifest }: Pick<ResolvedVersion, 'manifest'>, written: string, at: string): FoundColumn {
  const { steps } = manifest.state;
  const all = Object.entries(steps).flatMap(([stepName, step]) =>
    (step.columns as readonly ColumnJson[]).map((column) => ({ stepName, step, column })),
  );
  const nameOf = ({ stepName, column }: FoundColumn) => `${stepName}.${column.name}`;
  const found = all.find((one) => nameOf(one) === written || `${one.stepName}_${one.column.name}` === written);
  if (found) return found;
  const names = all.map(nameOf);
  const stepName = written.split('.', 1)[0]!;
  const advice =
    didYouMean(written, names) ??
    `There are: ${(stepName in steps ? names.filter((name) => name.startsWith(`${stepName}.`)) : names).join(', ')}`;
  throw new CompareError(`${at} has no column "${written}". ${advice}`);
}

/** Digests of the values files of a step, in the order of the partitions. */
export const valuesDigests = ({ partitions }: StepState): Digest[] =>
  Object.entries(partitions)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { values }]) => values);
