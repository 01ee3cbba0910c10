import type { CellValue } from './column-type.ts';

/** About what a value takes in memory or in a file before compression, in bytes: enough to bound a buffer. */
export function valueSize(value: CellValue): number {
  if (typeof value === 'string') return 4 + value.length;
  if (value === null || typeof value !== 'object') return 8;
  let size = 0;
  for (const item of Object.values(value)) size += valueSize(item as CellValue);
  return size;
}
