import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stepKinds } from '../../../activities/kinds/index.ts';
import { forecastRunCosts } from '../../../cli/forecast-run-costs.ts';
import type { Cell } from '../../../datasets/cell.ts';
import { type CellValue, columnsFromJson } from '../../../datasets/column-type.ts';
import { compareIds } from '../../../datasets/compare-ids.ts';
import { loadDeclaration } from '../../../datasets/declaration/load-declaration.ts';
import { forecast } from '../../../datasets/plan/forecast.ts';
import { makePlan } from '../../../datasets/plan/make-plan.ts';
import type { RunPlan } from '../../../datasets/plan/run-plan.ts';
import { writeStepFiles } from '../../../datasets/step-files.ts';
import { NO_CALLS } from '../../../datasets/step-result.ts';
import { type BlobStore, createBlobStore } from '../../../manifests/blob-store.ts';
import { type Digest, sha256 } from '../../../manifests/digest.ts';
import type { CallTotals, Manifest } from '../../../manifests/manifest.ts';
import { memoryStore } from '../../activities/memory-store.ts';
import { pngImage } from '../../openai-server/png-image.ts';

/** What each step but the source made of a row; null for a cell that failed: `refused` in `stance`, else `undecodable`. */
export type MadeValues = Readonly<Record<string, Readonly<Record<string, CellValue>> | null>>;

export const declaration = ({ model = 'gpt-4o-2024-11-20', rest = '' } = {}) => `dataset: priced
models:
  gpt: { provider: openai, model: ${model}${rest} }
  whisper: { provider: openai, model: whisper-1 }
partition: { by: id, buckets: 3 }
steps:
  video: { uses: import/table, with: { path: rows.jsonl, id: id } }
  media: { uses: media/files, needs: [video], with: { path: 'media/{id}.mp4' } }
  audio: { uses: media/audio, needs: [media] }
  frames: { uses: media/frames, needs: [media] }
  transcript: { uses: ai/transcribe, needs: [audio], with: { model: whisper } }
  stance:
    uses: ai/classify
    needs: [video, frames, transcript]
    with: { model: gpt, prompt: stance.md, labels: [support, no support], detail: DETAIL }
`;

/** A dataset with a version as a run would have made it, real files in a bucket in memory. */
export class PricedVersion implements AsyncDisposable {
  readonly folder: string;
  readonly blobs: BlobStore;
  readonly image: Digest;
  parent: Manifest | null = null;

  private constructor(folder: string, blobs: BlobStore, image: Digest) {
    this.folder = folder;
    this.blobs = blobs;
    this.image = image;
  }

  static async start(): Promise<PricedVersion> {
    const folder = await mkdtemp(join(tmpdir(), 'gettok-priced-'));
    const blobs = createBlobStore(memoryStore(), join(folder, 'cache'));
    await mkdir(join(folder, 'media'));
    return new PricedVersion(folder, blobs, await blobs.put(pngImage(640, 480)));
  }

  write = (name: string, content: string) => writeFile(join(this.folder, name), content);

  async plan(retry: readonly string[] = []) {
    const loaded = await loadDeclaration(this.folder, { kinds: stepKinds });
    const plan = makePlan({
      declaration: loaded,
      branch: 'main',
      parent: this.parent && { version: sha256('parent'), manifest: this.parent },
      run: 'r-1',
      startedAt: '0',
      message: null,
      by: null,
      retry,
      outside: new Map(),
      engineAvailable: () => false,
    });
    const groups = [{ partition: 'b0', isNew: true, changed: [], rows: 60 }];
    const changes = this.parent ? null : { rows: 60, groups, removed: 0 };
    return { plan, forecast: forecast(plan, this.parent, { changes, known: () => null }) };
  }

  async costs(retry: readonly string[] = []) {
    const { plan, forecast: found } = await this.plan(retry);
    const costs = await forecastRunCosts(this, stepKinds, { plan, forecast: found, parent: this.parent });
    return { plan, forecast: found, costs };
  }

  /** Makes the present declaration's version of these rows. `answered` is what the calls of `stance` used. */
  async commit(rows: ReadonlyMap<string, MadeValues>, answered: CallTotals = NO_CALLS): Promise<void> {
    await this.write('rows.jsonl', [...rows].map(([id, made]) => line(id, made['video'] ?? {})).join(''));
    const { plan } = await this.plan();
    const state: Manifest['state']['steps'] = {};
    const record: Manifest['record']['steps'] = {};
    for (const step of plan.steps) {
      const partitions: Record<string, Manifest['state']['steps'][string]['partitions'][string]> = {};
      for (const bucket of ['0', '1', '2']) {
        const mine = [...rows].filter(([id]) => bucketOf(id) === bucket);
        partitions[bucket] = await this.#store(plan, step.name, mine);
      }
      state[step.name] = {
        kind: step.kind,
        revision: step.revision,
        source: step.source,
        needs: [...step.needs],
        configuration: step.configuration,
        parameters: step.parameters,
        columns: step.columns.map((column) => ({ ...column })) as Manifest['state']['steps'][string]['columns'],
        partitions,
      };
      const [first, ...others] = Object.keys(partitions);
      const made = { run: 'r-0', models: {} };
      record[step.name] = {
        outside: null,
        computed: 0,
        reused: 0,
        paid: NO_CALLS,
        partitions: {
          [first!]: { ...made, ...(step.name === 'stance' ? answered : NO_CALLS) },
          ...Object.fromEntries(others.map((bucket) => [bucket, { ...made, ...NO_CALLS }])),
        },
      };
    }
    this.parent = {
      format: 'gettok-manifest/1',
      stateDigest: sha256('state'),
      state: {
        dataset: plan.dataset,
        declaration: plan.declaration,
        partition: { ...plan.partition },
        steps: state,
      },
      record: { steps: record } as Manifest['record'],
    };
  }

  async #store(plan: RunPlan, name: string, rows: readonly (readonly [string, MadeValues])[]) {
    const columns = plan.steps.find((step) => step.name === name)!.columns;
    const code = name === 'stance' ? 'refused' : 'undecodable';
    const nothing = Object.fromEntries(columns.map((column) => [column.name, null]));
    const cells = rows
      .toSorted(([a], [b]) => compareIds(a, b))
      .map(([id, made]): Cell => {
        const values = made[name] === undefined ? {} : made[name];
        const provenance = { cellKey: sha256(id), run: 'r-0', errorMessage: null, software: '', calls: [] };
        if (values === null) return { id, values: nothing, status: 'failed', errorCode: code, ...provenance };
        return { id, values: { ...nothing, ...values }, status: 'ok', errorCode: null, ...provenance };
      });
    const files = await writeStepFiles(columnsFromJson(columns), cells);
    const failed = cells.filter(({ status }) => status === 'failed').length;
    return {
      values: await this.blobs.put(files.values),
      provenance: await this.blobs.put(files.provenance),
      rows: cells.length,
      counts: { ok: cells.length - failed, skipped: {}, failed: failed > 0 ? { [code]: failed } : {} },
      root: sha256('root'),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

const line = (id: string, values: object) => `${JSON.stringify({ id, ...values })}\n`;
const bucketOf = (id: string) => String(createHash('md5').update(id).digest()[0]! % 3);
