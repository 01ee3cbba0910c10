import type { CellValue } from './column-type.ts';
import { isList, isStruct } from './is-list.ts';

/** About what a value takes in memory or in a file before compression, in bytes: enough to bound a buffer. */
export function valueSize(value: CellValue): number {
  if (typeof value === 'string') return 4 + value.length;
  const items = isList(value) ? value : isStruct(value) ? Object.values(value) : null;
  return items === null ? 8 : items.reduce((size: number, item) => size + valueSize(item), 0);
}
