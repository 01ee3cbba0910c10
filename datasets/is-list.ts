import type { CellValue } from './column-type.ts';

export const isList = (value: CellValue): value is readonly CellValue[] => Array.isArray(value);

export const isStruct = (value: CellValue): value is { readonly [field: string]: CellValue } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
