import type { Manifest } from '../../manifests/manifest.ts';
import { type ColumnPair, columnPair } from './column-pair.ts';
import { type ConfigurationChange, configurationChanges } from '../configuration-changes.ts';
import type { Counted } from './column-diffs.ts';
import { type DiffScope, OUTCOME, scopeTest } from './diff-scope.ts';
import { differingFiles } from './changed-rows.ts';
import type { NamedStep, Pairing, StepPair } from './pair-steps.ts';
import { stepInputs, type StepInput } from './step-inputs.ts';

/** Columns of one step pair whose values have to be compared: those asked for, and those that others read. */
export interface PlannedComparison {
  readonly pair: StepPair;
  /** Columns of other names are compared: those differ in equal files too. */
  readonly renamed: boolean;
  readonly columns: ColumnPair[];
}

/** One step that is reported on. */
export interface PlannedStepDiff {
  readonly pair: StepPair;
  readonly changes: readonly ConfigurationChange[];
  readonly comparison: PlannedComparison;
  readonly reported: readonly { readonly name: string; readonly counted: Counted }[];
  readonly inputs: readonly PlannedInput[];
}

export interface PlannedInput {
  readonly name: string;
  /** Where its values are compared; or that it differs in every row. */
  readonly from: { readonly comparison: PlannedComparison; readonly column: number } | 'differs';
}

export interface ComparisonPlan {
  readonly steps: readonly PlannedStepDiff[];
  readonly comparisons: readonly PlannedComparison[];
}

/** Columns that tell when a row was observed: they decide what changed the others of a source that asks an API. */
const OBSERVED: readonly string[] = ['observed_at', 'deleted_at'];

/** Decides from manifests alone which columns are compared, so that each file is read once and no other is. */
export function planComparison(before: Manifest, after: Manifest, pairing: Pairing, scope: DiffScope): ComparisonPlan {
  const wanted = scopeTest(scope, pairing);
  const comparisons = new Map<string, PlannedComparison>();
  const comparisonOf = (pair: StepPair, renamed = false): PlannedComparison => {
    const key = JSON.stringify([pair.before.name, pair.after.name, renamed]);
    const known = comparisons.get(key) ?? { pair, renamed, columns: [] };
    comparisons.set(key, known);
    return known;
  };
  const steps = { before: stepsOf(before), after: stepsOf(after) };

  const planned = pairing.pairs.flatMap((pair): PlannedStepDiff[] => {
    const { name } = pair.after;
    const reported = [...pairedColumns(pair), OUTCOME].filter((column) => wanted(name, column));
    if (reported.length === 0) return [];
    const comparison = comparisonOf(pair);
    const changes = configurationChanges(pair.before.state, pair.after.state);
    const isSame = isUntouched(pair);
    if (!isSame && pair.after.state.collection)
      for (const column of OBSERVED) placeOf(comparison, { before: column, after: column });
    return [
      {
        pair,
        changes,
        comparison,
        reported: reported.map((column) => ({
          name: column,
          counted: column === OUTCOME ? 'outcome' : placeOf(comparison, { before: column, after: column })!,
        })),
        inputs: isSame ? [] : inputsOf(stepInputs(pair, pairing, steps), changes.length > 0, comparisonOf),
      },
    ];
  });
  return { steps: planned, comparisons: [...comparisons.values()] };
}

const stepsOf = ({ state }: Manifest): ReadonlyMap<string, NamedStep> =>
  new Map(Object.entries(state.steps).map(([name, step]) => [name, { name, state: step }]));

const pairedColumns = ({ before, after }: StepPair): string[] =>
  after.state.columns
    .map(({ name }) => name)
    .filter((name) => before.state.columns.some((column) => column.name === name));

/** True when no file of the step differs: then nothing has to be explained. */
function isUntouched(pair: StepPair): boolean {
  const files = differingFiles(pair);
  return files.before.length === 0 || files.after.length === 0;
}

/** Place of a column among those compared, which it is put into; null where a version hasn't it. */
function placeOf(
  { pair, columns }: PlannedComparison,
  names: { readonly before: string; readonly after: string },
): number | null {
  const known = columns.findIndex(({ before, after }) => before.name === names.before && after.name === names.after);
  if (known >= 0) return known;
  const found = columnPair(pair.before.state, names.before, pair.after.state, names.after);
  return found === null ? null : columns.push(found) - 1;
}

function inputsOf(
  inputs: readonly StepInput[],
  configurationDiffers: boolean,
  comparisonOf: (pair: StepPair, renamed: boolean) => PlannedComparison,
): PlannedInput[] {
  return inputs.flatMap(({ name, before, after }): PlannedInput[] => {
    // What a prompt mentions anew is the prompt's doing.
    if (!before || !after) return configurationDiffers ? [] : [{ name, from: 'differs' }];
    const comparison = comparisonOf({ before: before.step, after: after.step }, before.column !== after.column);
    const column = placeOf(comparison, { before: before.column, after: after.column });
    return [{ name, from: column === null ? 'differs' : { comparison, column } }];
  });
}
