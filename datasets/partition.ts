import { createHash } from 'node:crypto';
import { GettokError } from '../manifests/gettok-error.ts';
import type { CellValue } from './column-type.ts';
import type { Partitioning } from './declaration/declaration.ts';

/** A value by which a row should be put into a partition and that names no time. */
export class PartitionValueError extends GettokError {
  override readonly name = 'PartitionValueError';
  constructor(place: string, column: string, found: string) {
    super(
      `${place}: ${column} is ${found}, expected seconds since 1970 (as the Research API gives them) or an ISO 8601 time ` +
        `with its zone. Correct it, leave it empty, or partition by id in dataset.yaml.`,
    );
  }
}

/** Rows whose partition column is null. */
export const NO_PARTITION = '_none';

const LAST_SECOND = 253_402_300_799n; // 9999-12-31T23:59:59Z: a larger number is milliseconds taken for seconds

/** Name of a row's partition: a UTC day such as `2022-12-07`, `_none`, or a bucket of the id such as `b007`. */
export function partitionOf(
  partitioning: Partitioning,
  row: { readonly id: string; readonly values: { readonly [column: string]: CellValue }; readonly place: string },
): string {
  if ('buckets' in partitioning) {
    const bucket = createHash('sha256').update(row.id).digest().readUInt32BE(0) % partitioning.buckets;
    return `b${String(bucket).padStart(String(partitioning.buckets - 1).length, '0')}`;
  }
  const value = row.values[partitioning.by] ?? null;
  if (value === null || value === '') return NO_PARTITION;
  const epochMs = epochMsOf(value);
  if (epochMs === null)
    throw new PartitionValueError(
      row.place,
      partitioning.by,
      typeof value === 'bigint' ? `${value}` : JSON.stringify(value),
    );
  return new Date(epochMs).toISOString().slice(0, 10);
}

function epochMsOf(value: CellValue): number | null {
  if (typeof value === 'bigint') return value >= 0n && value <= LAST_SECOND ? Number(value) * 1000 : null;
  if (typeof value === 'number') return Number.isInteger(value) ? epochMsOf(BigInt(value)) : null;
  if (typeof value !== 'string') return null;
  if (/^\d+$/.test(value)) return epochMsOf(BigInt(value));
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(value)) return null;
  const epochMs = Date.parse(value);
  return Number.isNaN(epochMs) ? null : epochMs;
}
