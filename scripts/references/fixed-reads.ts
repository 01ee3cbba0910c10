import { type Columns, type ColumnType, typeName } from '../../datasets/column-type.ts';
import { type Params, type StepKindSignature, UnreadableInputError } from '../../datasets/step-kind.ts';

export interface FixedRead {
  readonly role: string;
  readonly type: string;
  readonly required: boolean;
}

/**
 * What a step kind reads whatever it needs, found by offering it one step to which each column that it misses is added.
 * `known` are the columns that all kinds make: the type of a missing one is among them.
 */
export function fixedReads(
  kind: StepKindSignature,
  params: Params,
  known: readonly ColumnType[],
): readonly FixedRead[] {
  const offered: { [column: string]: ColumnType } = {};
  for (;;) {
    try {
      const columns: Columns = offered;
      return Object.entries(kind.reads(params, { offered: columns })).map(([role, { type, required }]) => ({
        role,
        type: typeName(type),
        required,
      }));
    } catch (error) {
      if (!(error instanceof UnreadableInputError)) throw error;
      const type = known.find((candidate) => error.expected.includes(`(${typeName(candidate)})`));
      if (type === undefined || error.role in offered) return [];
      offered[error.role] = type;
    }
  }
}
