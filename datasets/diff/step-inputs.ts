import type { NamedStep, Pairing, StepPair } from './pair-steps.ts';

/** A column of a step in one version. */
export interface ColumnPlace {
  readonly step: NamedStep;
  readonly column: string;
}

/** One input of a step: what it reads in each version; null where it reads nothing there. */
export interface StepInput {
  /** `step.column` as the second version has it, or the first where the second has none. */
  readonly name: string;
  readonly before: ColumnPlace | null;
  readonly after: ColumnPlace | null;
}

type StepsOf = ReadonlyMap<string, NamedStep>;

/**
 * What a step reads in two versions, paired by role. Versions made before that was kept lend it from the other, and where
 * neither says it every column of the needed steps is taken for an input.
 */
export function stepInputs(
  pair: StepPair,
  pairing: Pairing,
  steps: { readonly before: StepsOf; readonly after: StepsOf },
): StepInput[] {
  const { before, after } = pair;
  if (after.state.source) return [];
  const own = { before: before.state.reads, after: after.state.reads };
  if (!own.before && !own.after) return neededColumns(pair, pairing);
  const reads = { before: own.before ?? own.after!, after: own.after ?? own.before! };
  const roles = new Set([...Object.keys(reads.before), ...Object.keys(reads.after)]);
  return [...roles].map((role) => {
    const old = reads.before[role];
    const now = reads.after[role];
    return { name: now ?? old!, before: placeOf(old, steps.before), after: placeOf(now, steps.after) };
  });
}

function placeOf(read: string | undefined, steps: StepsOf): ColumnPlace | null {
  const dot = read?.indexOf('.') ?? -1;
  const step = read === undefined ? undefined : steps.get(read.slice(0, dot));
  return step ? { step, column: read!.slice(dot + 1) } : null;
}

function neededColumns({ before, after }: StepPair, { pairs }: Pairing): StepInput[] {
  const needed = pairs.filter(
    (pair) => after.state.needs.includes(pair.after.name) || before.state.needs.includes(pair.before.name),
  );
  return needed.flatMap((pair) =>
    pair.after.state.columns
      .filter(({ name }) => pair.before.state.columns.some((column) => column.name === name))
      .map(({ name }) => ({
        name: `${pair.after.name}.${name}`,
        before: { step: pair.before, column: name },
        after: { step: pair.after, column: name },
      })),
  );
}
