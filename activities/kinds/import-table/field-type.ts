import { z } from 'zod';
import { bool, type ColumnType, float64, int32, int64, list, text } from '../../../datasets/column-type.ts';

const scalar = z.enum(['text', 'int32', 'int64', 'float64', 'bool', 'json']);

/** Type of a column as it is declared: a scalar, or a list of one written `[text]`. `json` is any value, as JSON text. */
export const declaredType = z.union([scalar, z.array(scalar).length(1)]);

export type ScalarType = z.output<typeof scalar>;
export type FieldType = ScalarType | { readonly list: ScalarType };

export const toFieldType = (declared: z.output<typeof declaredType>): FieldType =>
  typeof declared === 'string' ? declared : { list: declared[0]! };

const SCALARS: Record<ScalarType, () => ColumnType> = { text, int32, int64, float64, bool, json: text };

export const toColumnType = (type: FieldType): ColumnType =>
  typeof type === 'string' ? SCALARS[type]() : list(SCALARS[type.list]());

export const fieldTypeName = (type: FieldType): string => (typeof type === 'string' ? type : `list<${type.list}>`);
