import { randomBytes } from 'node:crypto';
import { blob, columnsToJson, list, text } from '../../../datasets/column-type.ts';
import type { Cell } from '../../../datasets/cell.ts';
import { NO_CALLS } from '../../../datasets/step-result.ts';
import { partitionFiles } from '../../../activities/partition-files.ts';
import { type BlobStore, blobKey } from '../../../manifests/blob-store.ts';
import { type Digest, hexOf, sha256 } from '../../../manifests/digest.ts';
import { type Manifest, type PartitionSnapshot, stateDigest, type StepState } from '../../../manifests/manifest.ts';
import { manifestKey, writeManifest } from '../../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import { branchKey, tagKey } from '../../../manifests/refs.ts';

const COLUMNS = { file: blob('video'), frames: list(blob('image')), note: text() };

/** Names what one object of the bucket leads to, by keys: the test's own picture of the bucket. */
export class BucketModel {
  readonly leads = new Map<string, Set<string>>();
  readonly refs = new Map<string, Digest>();
  readonly versions: { readonly version: Digest; readonly dataset: string }[] = [];
  readonly young = new Set<string>();
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  #made = 0;

  constructor(store: ObjectStore, blobs: BlobStore) {
    this.store = store;
    this.blobs = blobs;
  }

  note(key: string, leads: readonly string[], young: boolean): string {
    this.leads.set(key, new Set([...(this.leads.get(key) ?? []), ...leads]));
    if (young) this.young.add(key);
    return key;
  }

  async text(content: string, young: boolean): Promise<Digest> {
    const digest = await this.blobs.put(Buffer.from(content));
    this.note(blobKey(digest), [], young);
    return digest;
  }

  /** The files of a step partition whose rows name the given media. */
  async snapshot(step: string, media: readonly string[], young: boolean): Promise<PartitionSnapshot> {
    const names = await Promise.all(media.map((content) => this.text(content, young)));
    const answers = await this.text(`answers ${media.join()}`, young);
    const cells = names.map((file, index): Cell => ({
      id: `row-${index}`,
      status: 'ok',
      errorCode: null,
      values: { file, frames: [file, names[0]!], note: sha256('a text, and no blob') },
      cellKey: sha256(file),
      run: 'r-1',
      errorMessage: null,
      software: 'test',
      calls: [],
      salt: '00'.repeat(32),
      answers,
    }));
    const salts = new Map(cells.map(({ id }) => [id, Buffer.alloc(32)]));
    const files = await partitionFiles.step({ columns: columnsToJson(COLUMNS), step, cells, salts });
    const values = await this.blobs.put(files.values);
    const provenance = await this.blobs.put(files.provenance);
    this.note(blobKey(values), names.map(blobKey), young);
    this.note(blobKey(provenance), [blobKey(answers)], young);
    const counts = { ok: cells.length, skipped: {}, failed: {} };
    return { values, provenance, rows: cells.length, counts, root: files.root, answers: [answers] };
  }

  async version(
    dataset: string,
    parent: Digest | null,
    media: readonly string[],
    {
      from,
      merges = null,
      young,
    }: { readonly from: Digest | null; readonly merges?: Digest | null; readonly young: boolean },
  ): Promise<Digest> {
    const prompt = await this.text(`prompt ${media[0]}`, young);
    const declared = await this.text(`declared prompt ${media[0]}`, young);
    const ids = await this.text(`ids ${media.length}`, young);
    const log = await this.text(`log ${media.at(-1)}`, young);
    const snapshot = await this.snapshot('rows', media, young);
    const identity = sha256('identity');
    const step: StepState = {
      kind: 'test/rows',
      revision: 1,
      source: true,
      needs: [],
      configuration: sha256('configuration'),
      parameters: { ask: { prompt } },
      columns: columnsToJson(COLUMNS),
      partitions: { all: snapshot },
      collection: {
        identity,
        log,
        requests: 1,
        coverage: { of: 'day', complete: 1, partial: {}, not_asked: {} },
        ...(from && { from: { dataset: 'other', ref: 'main', version: from, column: 'rows.id' } }),
      },
    };
    const steps = { rows: step };
    this.#made += 1;
    const manifest: Manifest = {
      format: 'gettok-manifest/1',
      stateDigest: stateDigest(steps),
      state: { dataset, declaration: { dataset, ask: { prompt: declared } }, partition: { by: 'id' }, steps },
      record: {
        parent,
        ...(merges && { merges }),
        sample: { of: sha256('of'), rows: 1, seed: 1, stratify: null, ids },
        run: `r-${this.#made}`,
        branch: 'main',
        by: null,
        message: null,
        created_at: '0',
        started_at: '0',
        temporal: { namespace: 'default', workflow_id: 'w', run_id: 'r' },
        software: {},
        steps: {
          rows: {
            outside: null,
            computed: 0,
            reused: 0,
            paid: NO_CALLS,
            partitions: { all: { run: 'r-1', models: {}, ...NO_CALLS } },
          },
        },
      },
    };
    const version = await writeManifest(this.store, manifest);
    const objects = [snapshot.values, snapshot.provenance, ...snapshot.answers!, prompt, declared, ids, log].map(
      blobKey,
    );
    const others = [parent, merges, from].filter((each) => each !== null).map(manifestKey);
    this.note(manifestKey(version), [...objects, ...others], young);
    this.versions.push({ version, dataset });
    return version;
  }

  async ref(key: string, version: Digest): Promise<void> {
    const ref = { manifest: version, run: randomBytes(4).toString('hex'), updatedAt: '2026-11-25T00:00:00Z', by: null };
    await this.store.put(key, Buffer.from(JSON.stringify(ref)));
    this.refs.set(key, version);
  }
  branch = (dataset: string, name: string, version: Digest) => this.ref(branchKey(dataset, name), version);
  tag = (dataset: string, name: string, version: Digest) => this.ref(tagKey(dataset, name), version);

  async deleteRef(key: string): Promise<void> {
    await this.store.remove([key]);
    this.refs.delete(key);
  }

  /** Cells that a run has left in the index. */
  async cells(dataset: string, { values, provenance }: PartitionSnapshot, young: boolean): Promise<void> {
    const key = `index/${dataset}/${hexOf(sha256('configuration'))}/all/${hexOf(values)}-${hexOf(provenance)}`;
    await this.store.put(key, Buffer.from('{}'));
    this.note(key, [blobKey(values), blobKey(provenance)], young);
  }

  /** All that the given keys lead to, themselves included. */
  closure(start: Iterable<string>): Set<string> {
    const reached = new Set(start);
    for (const key of reached) for (const next of this.leads.get(key) ?? []) reached.add(next);
    return reached;
  }

  /** What may go, worked out anew from the picture alone. */
  garbage(): string[] {
    const refs = [...this.refs.values()].map(manifestKey);
    const isLead = (key: string) => key.startsWith('manifests/') || key.startsWith('index/');
    const kept = this.closure([...refs, ...[...this.young].filter(isLead)]);
    const isUsed = (key: string) =>
      kept.has(key) || (key.startsWith('index/') && [...this.leads.get(key)!].every((file) => kept.has(file)));
    return [...this.leads.keys()].filter((key) => !this.young.has(key) && !isUsed(key)).toSorted();
  }
}

/** The bucket as it is some time later: what isn't young in the model is a month old. */
export const aged = (model: BucketModel): ObjectStore => ({
  ...model.store,
  async *list(prefix) {
    for await (const listed of model.store.list(prefix)) {
      const isNow = model.young.has(listed.key) || listed.key.startsWith('leases/');
      yield isNow ? listed : { ...listed, modified: new Date(listed.modified.getTime() - 30 * 86_400_000) };
    }
  },
});
