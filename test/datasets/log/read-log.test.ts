import { describe, expect, it } from 'vitest';
import { noteInLog, readLogPage } from '../../../datasets/log/log-page.ts';
import { readLog } from '../../../datasets/log/read-log.ts';
import { sha256, type Digest } from '../../../manifests/digest.ts';
import { type Manifest, stateDigest, type StepState } from '../../../manifests/manifest.ts';
import { readManifest, writeManifest } from '../../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import { memoryStore } from '../../activities/memory-store.ts';
import { NO_CALLS } from '../../../datasets/step-result.ts';

interface Written {
  readonly message?: string;
  readonly rows?: number;
  readonly stance?: { readonly parameters?: object; readonly revision?: number } | null;
}

const MODEL = { provider: 'openai', model: 'gpt-4o' };
const PROMPT = { prompt: sha256('judge') };

function manifestOf(parent: Digest | null, { message, rows = 2, stance = {} }: Written, at: number): Manifest {
  const snapshot = (values: string) => ({
    values: sha256(values),
    provenance: sha256('provenance'),
    rows,
    counts: { ok: rows, skipped: {}, failed: {} },
    root: sha256(values),
  });
  const step = (parameters: object, revision = 1): StepState => ({
    kind: 'k',
    revision,
    source: false,
    needs: [],
    configuration: sha256(JSON.stringify([parameters, revision])),
    parameters: parameters as StepState['parameters'],
    columns: [],
    partitions: { all: snapshot(`${rows} ${JSON.stringify(parameters)}`) },
  });
  const steps = {
    video: { ...step({}), source: true },
    ...(stance && { stance: step(stance.parameters ?? { model: MODEL, prompt: PROMPT }, stance.revision) }),
  };
  return {
    format: 'gettok-manifest/1',
    stateDigest: stateDigest(steps),
    state: { dataset: 'peru', declaration: {}, partition: {}, steps },
    record: {
      parent,
      run: `r-${at}`,
      branch: 'main',
      by: null,
      message: message ?? null,
      created_at: String(at),
      started_at: String(at),
      temporal: { namespace: 'n', workflow_id: 'w', run_id: 'r' },
      software: {},
      steps: { video: { outside: null, computed: 0, reused: 0, paid: NO_CALLS, partitions: {} } },
    },
  };
}

/** A chain as runs make it, each version noted in the history unless `noted` is false; the newest last. */
async function chain(store: ObjectStore, versions: readonly Written[], noted = true, from?: Digest) {
  const made: Digest[] = [];
  let before = from === undefined ? null : await readManifest(store, from);
  let parent = from ?? null;
  for (const [index, written] of versions.entries()) {
    const manifest = manifestOf(parent, written, 1000 + index * 10 + (from === undefined ? 0 : 5));
    parent = await writeManifest(store, manifest);
    if (noted) await noteInLog(store, parent, manifest, before);
    before = manifest;
    made.push(parent);
  }
  return made;
}

/** Counts reads by the first part of their keys. */
function counted(store: ObjectStore) {
  const reads: Record<string, number> = {};
  return {
    reads,
    store: {
      ...store,
      get: async (key: string) => {
        const kind = key.split('/')[0]!;
        reads[kind] = (reads[kind] ?? 0) + 1;
        return await store.get(key);
      },
    },
  };
}

const long = (count: number): Written[] => Array.from({ length: count }, (_, n) => ({ message: `no ${n}` }));

describe('a history', () => {
  it('says of each version what it changed, by digests alone', async () => {
    const store = memoryStore();
    const versions = await chain(store, [
      { stance: null, message: 'the first' },
      {},
      { stance: { parameters: { model: MODEL, prompt: { prompt: sha256('judge well') } } } },
      { stance: { parameters: { model: { provider: 'openai', model: 'gpt-5' }, prompt: PROMPT, repeats: 3 } } },
      {
        stance: { parameters: { model: { provider: 'openai', model: 'gpt-5' }, prompt: PROMPT, repeats: 3 } },
        rows: 5,
      },
      { stance: { parameters: {}, revision: 2 }, rows: 5 },
      { stance: null, rows: 5 },
    ]);
    const entries = await readLog(store, 'peru', [versions.at(-1)!]);
    expect(entries.map(({ version }) => version)).toEqual(versions.toReversed());
    expect(
      entries.map(({ changes }) => changes.map(({ step, what }) => `${step}: ${what.join(', ')}`)).toReversed(),
    ).toEqual([
      ['video: new step'],
      ['stance: new step'],
      ['stance: prompt'],
      ['stance: model, prompt, parameters (repeats)'],
      ['stance: values', 'video: values'],
      ['stance: model, prompt, parameters (repeats), revision'],
      ['stance: removed'],
    ]);
    expect(entries.map(({ rowsBefore, rows }) => [rowsBefore, rows]).slice(-4)).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
      [null, 2],
    ]);
    expect(entries.at(-1)!.message).toBe('the first');
  });

  it('of 200 versions takes four small objects and no manifest', async () => {
    const inner = memoryStore();
    const versions = await chain(inner, long(200));
    const { store, reads } = counted(inner);
    expect((await readLog(store, 'peru', [versions.at(-1)!])).length).toBe(200);
    expect(reads).toEqual({ index: 4 });
  });

  it.each(['all pages are gone', 'a page is damaged', 'a page is another version’s', 'a page has lost its end'])(
    'is the same when %s, and whole again after it was read once',
    async (damage) => {
      const objects = new Map<string, Buffer>();
      const inner = memoryStore(objects);
      const versions = await chain(inner, long(150));
      const last = versions.at(-1)!;
      const expected = await readLog(inner, 'peru', [last]);
      const pageOf = (version: Digest) => `index/peru/log/${version.slice(7)}.json`;
      const page = JSON.parse(objects.get(pageOf(last))!.toString()) as { entries: object[] };
      const put = (text: string) => objects.set(pageOf(last), Buffer.from(text));
      if (damage === 'all pages are gone')
        for (const key of [...objects.keys()].filter((each) => each.startsWith('index/'))) objects.delete(key);
      if (damage === 'a page is damaged') put('{"format": "gettok-l');
      if (damage === 'a page is another version’s') put(objects.get(pageOf(versions[140]!))!.toString());
      if (damage === 'a page has lost its end') put(JSON.stringify({ ...page, entries: page.entries.slice(0, 3) }));
      expect(await readLog(inner, 'peru', [last])).toEqual(expected);
      const { store, reads } = counted(inner);
      expect(await readLog(store, 'peru', [last])).toEqual(expected);
      expect(reads).toEqual({ index: 3 });
    },
  );

  it('goes on being noted after a version that nobody noted, once it was read', async () => {
    const store = memoryStore();
    const old = await chain(store, long(70), false);
    await readLog(store, 'peru', [old.at(-1)!]);
    const [next] = await chain(store, [{ message: 'new' }], true, old.at(-1));
    expect((await readLogPage(store, 'peru', next!))?.depth).toBe(70);
  });

  it('of several branches has each version once, children before their parents, then the newest first', async () => {
    const inner = memoryStore();
    const main = await chain(inner, long(5));
    const pilot = await chain(inner, [{ message: 'p 0' }, { message: 'p 1' }], true, main[1]);
    const entries = await readLog(inner, 'peru', [main.at(-1)!, pilot.at(-1)!, main[3]!]);
    expect(entries.map(({ message }) => message)).toEqual(['no 4', 'no 3', 'no 2', 'p 1', 'p 0', 'no 1', 'no 0']);
    const few = await readLog(inner, 'peru', [pilot.at(-1)!, main.at(-1)!], 3);
    expect(few.map(({ message }) => message)).toEqual(['no 4', 'no 3', 'no 2']);
  });

  it('of which only the newest are asked for reads no manifest but theirs', async () => {
    const inner = memoryStore();
    const versions = await chain(inner, long(30), false);
    const { store, reads } = counted(inner);
    expect((await readLog(store, 'peru', [versions.at(-1)!], 3)).length).toBe(3);
    expect(reads).toEqual({ index: 3, manifests: 4 });
  });
});
