import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Digest } from '../manifests/digest.ts';
import type { StepTable } from '../datasets/sql/dataset-views.ts';
import { exportTable } from '../datasets/sql/export-table.ts';
import { plural, shortDigest } from './terminal/format-number.ts';

export interface ExportOptions {
  readonly to: string;
  readonly step?: string;
  readonly columns?: readonly string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Writes a table of a version to a file and says what was written. */
export async function runExport(
  { version, steps }: { readonly version: Digest; readonly steps: readonly StepTable[] },
  { to, step, columns, force, json }: ExportOptions,
  out: NodeJS.WriteStream,
): Promise<void> {
  const tempFolder = await mkdtemp(join(tmpdir(), 'gettok-export-'));
  try {
    const rows = await exportTable(steps, {
      to: resolve(to),
      step: step ?? null,
      columns: columns ?? null,
      overwrite: force ?? false,
      tempFolder,
    });
    out.write(
      json
        ? `${JSON.stringify({ file: to, version, rows })}\n`
        : `${to}: ${plural(rows, 'row')} of ${shortDigest(version)}\n`,
    );
  } finally {
    await rm(tempFolder, { recursive: true, force: true });
  }
}
