import pMap from 'p-map';
import { canonicalJson } from '../../manifests/canonical-json.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { Digest } from '../../manifests/digest.ts';
import { GettokError } from '../../manifests/gettok-error.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { allocateSample } from '../compare/allocate-sample.ts';
import { drawSample, randomOrder } from '../compare/draw-sample.ts';
import { compareIds } from '../compare-ids.ts';
import type { Database } from '../parquet/database.ts';
import { parquetFiles, quoteName } from '../parquet/sql-text.ts';
import { textIn } from '../parquet/row-text.ts';
import type { PlannedSample } from './run-plan.ts';

export interface PilotRequest {
  readonly rows: number;
  readonly seed: number;
  /** A column as `step.column`; null for one stratum. */
  readonly stratify: string | null;
}

/** A sample that can't be drawn as it was asked for. */
export class SampleError extends GettokError {
  override readonly name = 'SampleError';
  override readonly wrongUse = true;
}

/**
 * Draws a pilot's rows from a version: within each stratum the first by the SHA-256 of seed and id, so that the same seed
 * gives the same rows on every machine, and a larger sample holds most of a smaller one. Strata are the values of a column,
 * rows without one by their status; each gets its share of the sample, and one row at least.
 */
export async function drawPilot(
  { blobs, database }: { readonly blobs: BlobStore; readonly database: Database },
  { version, manifest }: { readonly version: Digest; readonly manifest: Manifest },
  { rows, seed, stratify }: PilotRequest,
): Promise<PlannedSample> {
  const { step, stratum } = strataOf(manifest, stratify);
  const files = Object.values(manifest.state.steps[step]!.partitions).map(({ values }) => values);
  const paths = await pMap(files, (digest) => blobs.file(digest), { concurrency: 16 });
  if (paths.length === 0) throw new SampleError('The version that the sample is drawn from has no rows.');
  await database.run(
    `CREATE OR REPLACE TABLE pilot AS SELECT id, ${stratum} AS stratum, ${randomOrder(seed)} AS dice FROM ${parquetFiles(paths)}`,
  );
  const found = await database.rows(
    'SELECT stratum, count(*)::INTEGER AS n FROM pilot GROUP BY stratum ORDER BY n DESC, stratum',
  );
  if (stratify !== null && found.length > rows)
    throw new SampleError(
      `--stratify ${stratify}: it has ${found.length} values, and the sample ${rows} rows. ` +
        `Stratify by a column of labels, or draw at least ${found.length} rows.`,
    );
  const sizes = found.map((row) => Number(row['n']));
  const drawn = allocateSample(sizes, rows, 'proportional');
  const strata = found.map((row, index) => ({ stratum: textIn(row, 'stratum'), sampled: drawn[index]! }));
  const ids = (await database.rows(drawSample('pilot', strata))).map((row) => textIn(row, 'id'));
  const list = Buffer.from(canonicalJson(ids.toSorted(compareIds)));
  return { of: version, rows: ids.length, seed, stratify, ids: await blobs.put(list) };
}

/** The step whose files have the rows, and the SQL of a row's stratum. */
function strataOf({ state }: Manifest, stratify: string | null): { step: string; stratum: string } {
  if (stratify === null) {
    const source = Object.entries(state.steps).find(([, each]) => each.source)!;
    return { step: source[0], stratum: "''" };
  }
  const [, step = '', column = ''] = /^([^.]+)\.(.+)$/.exec(stratify) ?? [];
  const there = state.steps[step]?.columns.map(({ name }) => name);
  if (!there)
    throw new SampleError(
      `--stratify ${stratify}: expected step.column of a step: ${Object.keys(state.steps).join(', ')}.`,
    );
  if (!there.includes(column))
    throw new SampleError(`--stratify ${stratify}: ${step} has no column ${column}; it has ${there.join(', ')}.`);
  return {
    step,
    stratum: `coalesce(CAST(${quoteName(column)} AS VARCHAR), '(' || coalesce(error_code, 'none') || ')')`,
  };
}
