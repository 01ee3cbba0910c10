import { GettokError } from '../../manifests/gettok-error.ts';
import { didYouMean } from '../declaration/did-you-mean.ts';
import type { Pairing } from './pair-steps.ts';

/** What of two versions is compared; null stands for everything. */
export interface DiffScope {
  readonly steps: readonly string[] | null;
  /** As `step.column`. */
  readonly columns: readonly string[] | null;
  readonly ids: readonly string[] | null;
  /** How many changed cells of each column, and rows of one version, are given; null for all, or a number for each column. */
  readonly samples: number | 'few' | null;
}

/** A step or column that neither version has. */
export class UnknownColumnError extends GettokError {
  override readonly name = 'UnknownColumnError';
  override readonly wrongUse = true;
}

/** A row that neither version has. */
export class UnknownRowError extends GettokError {
  override readonly name = 'UnknownRowError';
}

/** The outcome of a step as a column of it. */
export const OUTCOME = 'status';

/** Tells whether a column is compared; throws when the scope names what neither version has. */
export function scopeTest(
  { steps, columns }: DiffScope,
  { pairs, onlyBefore, onlyAfter }: Pairing,
): (step: string, column: string) => boolean {
  const known = [
    ...pairs.flatMap(({ before, after }) => [after, { ...before, name: after.name }]),
    ...onlyBefore,
    ...onlyAfter,
  ];
  const stepNames = [...new Set(known.map(({ name }) => name))];
  const columnNames = [
    ...new Set(
      known.flatMap(({ name, state }) => [
        ...state.columns.map((column) => `${name}.${column.name}`),
        `${name}.${OUTCOME}`,
      ]),
    ),
  ];
  expectKnown('step', steps ?? [], stepNames);
  expectKnown('column', columns ?? [], columnNames);
  return (step, column) =>
    (steps === null || steps.includes(step)) && (columns === null || columns.includes(`${step}.${column}`));
}

function expectKnown(what: string, wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const close = didYouMean(unknown, known);
  throw new UnknownColumnError(
    `Neither version has a ${what} "${unknown}". ${close ?? ''}${close ? ' ' : ''}There are: ${known.join(', ')}`,
  );
}
