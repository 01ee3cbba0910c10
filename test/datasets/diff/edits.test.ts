import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CAUSE_WORDS } from '../../../datasets/causes.ts';
import { type CellValue, type ColumnType, float64, int64, list, text } from '../../../datasets/column-type.ts';
import type { KeyedInput } from '../../../datasets/configuration.ts';
import { type DiffScope } from '../../../datasets/diff/diff-scope.ts';
import { diffVersions, type Version } from '../../../datasets/diff/diff-versions.ts';
import type { VersionDiff } from '../../../datasets/diff/version-diff.ts';
import { openDatabase } from '../../../datasets/parquet/database.ts';
import { createBlobStore } from '../../../manifests/blob-store.ts';
import type { Json } from '../../../manifests/canonical-json.ts';
import type { Digest } from '../../../manifests/digest.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { memoryStore } from '../../activities/memory-store.ts';
import { propertyOptions } from '../../property-options.ts';
import { type BuiltStep, buildVersion, type Made } from './build-version.ts';

const folder = await mkdtemp(join(tmpdir(), 'gettok-diff-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const blobs = createBlobStore(memoryStore(), join(folder, 'cache'));

/** A dataset in few words: rows, a step that asks a model about them, and one that measures what it said. */
interface World {
  readonly rows: {
    readonly [id: string]: { readonly day: string; readonly word: string | null; readonly likes: number };
  };
  readonly model: string;
  readonly prompt: string;
  readonly suffix: string;
  readonly revision: number;
  /** Drawn again: the same question got another answer. */
  readonly draw: number;
  readonly ffmpeg: string;
  readonly failing: readonly string[];
  readonly withoutReads: boolean;
}

const WORLD: World = {
  rows: {
    a: { day: '2022-12-07', word: 'uno', likes: 1 },
    b: { day: '2022-12-07', word: 'dos', likes: 2 },
    c: { day: '2022-12-08', word: null, likes: 3 },
    d: { day: '2022-12-09', word: 'tres', likes: 4 },
  },
  model: 'gpt-4o',
  prompt: 'Judge.',
  suffix: '',
  revision: 1,
  draw: 0,
  ffmpeg: '5.1.9',
  failing: ['b'],
  withoutReads: false,
};

function stepsOf(world: World): { readonly [name: string]: BuiltStep } {
  const common = { software: `gettok/0.1.0 ffmpeg/${world.ffmpeg}` };
  return {
    answer: {
      ...common,
      kind: 'ai/generate',
      revision: world.revision,
      parameters: {
        model: { provider: 'openai', model: world.model },
        prompt: { prompt: sha256(world.prompt) },
        ...(world.suffix === '' ? {} : { suffix: world.suffix }),
      },
      reads: { 'rows.word': 'rows.word' },
      columns: { text: text(), score: float64() },
      make(id, { 'rows.word': word }): Made {
        if (word!.value === null) return { skipped: 'no_input' };
        if (world.failing.includes(id)) return { failed: 'refused' };
        const said = `${wordOf(word)} ${world.model} ${world.prompt} ${world.suffix} ${world.revision} ${world.draw}`;
        return { values: { text: said, score: said.length / 2 } };
      },
    },
    size: {
      ...common,
      kind: 'test/size',
      revision: 1,
      parameters: {},
      reads: { text: 'answer.text', likes: 'rows.likes' },
      columns: { size: int64(), tool: text() },
      make: (_id, { text: said, likes }): Made =>
        said!.value === null
          ? { skipped: 'no_input' }
          : {
              values: {
                size: BigInt(wordOf(said).length) + BigInt(wordOf(likes)),
                // What ffmpeg makes of a file may change with it.
                tool: world.ffmpeg,
              },
            },
    },
  };
}

/** Values of text, and 64-bit integers as keys have them. */
const wordOf = (input: KeyedInput | undefined): string => (typeof input?.value === 'string' ? input.value : '');

const build = (world: World): Promise<Version> =>
  buildVersion(blobs, {
    rows: {
      columns: { day: text(), word: text(), likes: int64() },
      rows: Object.entries(world.rows).map(([id, { day, word, likes }]) => ({
        id,
        partition: day,
        made: { values: { day, word, likes: BigInt(likes) } },
      })),
    },
    steps: stepsOf(world),
    withoutReads: world.withoutReads,
  });

const ALL: DiffScope = { steps: null, columns: null, ids: null, samples: null };
async function diff(a: Version, b: Version, read: string[] = []): Promise<VersionDiff> {
  using database = await openDatabase({ threads: 1 });
  const file = (digest: Digest) => {
    read.push(digest);
    return blobs.file(digest);
  };
  return await diffVersions({ database, blobs: { file } }, a, b, ALL);
}

type Edit = (world: World) => World;
const editRow =
  (id: string, change: (row: World['rows'][string]) => World['rows'][string]): Edit =>
  (world) =>
    world.rows[id] ? { ...world, rows: { ...world.rows, [id]: change(world.rows[id]) } } : world;

/** Edits by name, with the causes that alone they can have. */
const EDITS: Record<string, { readonly edit: Edit; readonly causes: RegExp }> = {
  word: {
    edit: editRow('a', (row) => ({ ...row, word: `${row.word}!` })),
    causes: /^(source|input \((rows\.word|answer\.text)\))$/,
  },
  blank: {
    edit: editRow('d', (row) => ({ ...row, word: null })),
    causes: /^(source|input \((rows\.word|answer\.text)\))$/,
  },
  likes: {
    edit: editRow('b', (row) => ({ ...row, likes: row.likes + 7 })),
    causes: /^(source|input \(rows\.likes\))$/,
  },
  move: { edit: editRow('a', (row) => ({ ...row, day: '2022-12-10' })), causes: /^source$/ },
  add: {
    edit: (world) => ({ ...world, rows: { ...world.rows, e: { day: '2022-12-08', word: 'cinco', likes: 5 } } }),
    causes: /^never$/,
  },
  remove: {
    edit: ({ rows: { d: _d, ...rows }, ...world }) => ({ ...world, rows }),
    causes: /^never$/,
  },
  model: { edit: (world) => ({ ...world, model: 'gpt-5' }), causes: /^(model|input \(answer\.text\))$/ },
  prompt: {
    edit: (world) => ({ ...world, prompt: `${world.prompt} Again.` }),
    causes: /^(prompt|input \(answer\.text\))$/,
  },
  suffix: { edit: (world) => ({ ...world, suffix: '?' }), causes: /^(parameters \(suffix\)|input \(answer\.text\))$/ },
  revision: {
    edit: (world) => ({ ...world, revision: world.revision + 1 }),
    causes: /^(revision|input \(answer\.text\))$/,
  },
  draw: { edit: (world) => ({ ...world, draw: world.draw + 1 }), causes: /^(answered again|input \(answer\.text\))$/ },
  retry: { edit: (world) => ({ ...world, failing: [] }), causes: /^(retry|input \(answer\.text\))$/ },
  ffmpeg: { edit: (world) => ({ ...world, ffmpeg: '7.0' }), causes: /^software \(ffmpeg\)$/ },
};

const valueOf = (cell: Made | undefined, column: string) =>
  cell && 'values' in cell ? (cell.values[column] ?? null) : null;

/** Changed cells, found by making both worlds and comparing row by row. */
function expected(a: World, b: World): string[] {
  const cells: string[] = [];
  for (const id of Object.keys(a.rows)) {
    const [old, now] = [a.rows[id]!, b.rows[id]];
    if (!now) continue;
    for (const name of ['day', 'word', 'likes'] as const) if (old[name] !== now[name]) cells.push(`rows.${name} ${id}`);
    const [before, after] = [madeOf(a, id), madeOf(b, id)];
    for (const [step, columns] of [
      ['answer', ['text', 'score']],
      ['size', ['size', 'tool']],
    ] as const) {
      for (const column of columns)
        if (valueOf(before[step], column) !== valueOf(after[step], column)) cells.push(`${step}.${column} ${id}`);
      if (outcomeOf(before[step]) !== outcomeOf(after[step])) cells.push(`${step}.status ${id}`);
    }
  }
  return cells.toSorted();
}

const outcomeOf = (made: Made) => ('values' in made ? 'ok' : JSON.stringify(made));

function madeOf(world: World, id: string): { readonly answer: Made; readonly size: Made } {
  const { answer, size } = stepsOf(world);
  const row = world.rows[id]!;
  const said = answer!.make(id, { 'rows.word': { status: 'ok', value: row.word } });
  const value = valueOf(said, 'text');
  const input = {
    status: 'values' in said ? 'ok' : 'failed',
    value: typeof value === 'string' ? value : null,
  } as const;
  return { answer: said, size: size!.make(id, { text: input, likes: { status: 'ok', value: String(row.likes) } }) };
}

const found = ({ columns }: VersionDiff) =>
  columns.flatMap(({ column, samples }) => samples.map(({ id }) => `${column} ${id}`)).toSorted();

const WORD = new RegExp(`^(${CAUSE_WORDS.join('|')})( \\([^()]+\\))?$`);

function checkSums({ columns }: VersionDiff): void {
  for (const { changed, causes, samples } of columns) {
    expect(causes.reduce((sum, { count }) => sum + count, 0)).toBe(changed);
    for (const { cause, count } of causes) {
      expect(samples.filter((sample) => sample.cause === cause)).toHaveLength(count);
      for (const part of cause.split(' + ')) expect(part).toMatch(WORD);
    }
  }
}

describe('edits of a dataset', () => {
  for (const [name, { edit, causes }] of Object.entries(EDITS))
    it(`${name}: has its own cause, and its consequences name what they come from`, async () => {
      const after = edit(WORLD);
      const changes = await diff(await build(WORLD), await build(after));
      expect(found(changes)).toEqual(expected(WORLD, after));
      for (const { causes: counted } of changes.columns) for (const { cause } of counted) expect(cause).toMatch(causes);
    });

  it('in any sequence: the cells found are those that differ, and every one has causes of the list', async () => {
    const edits = fc.array(fc.constantFrom(...Object.keys(EDITS)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(edits, edits, fc.boolean(), async (first, second, withoutReads) => {
        const apply = (names: readonly string[], world: World) =>
          names.reduce((now, name) => EDITS[name]!.edit(now), world);
        const before = apply(first, { ...WORLD, withoutReads });
        const after = apply(second, { ...before, withoutReads: false });
        const [a, b] = [await build(before), await build(after)];
        const [forth, back] = [await diff(a, b), await diff(b, a)];
        expect(found(forth)).toEqual(expected(before, after));
        checkSums(forth);
        checkSums(back);
        expect(found(back)).toEqual(found(forth));
        expect([back.rows.added.rows, back.rows.removed.rows]).toEqual([
          forth.rows.removed.rows,
          forth.rows.added.rows,
        ]);
        expect([back.rows.in_both, back.rows.changed]).toEqual([forth.rows.in_both, forth.rows.changed]);
        for (const [index, { moved }] of forth.columns.entries()) {
          const reverse = back.columns[index]!.moved;
          expect(reverse?.cells).toBe(moved?.cells);
          if (moved)
            expect([reverse!.min, reverse!.max, reverse!.median]).toEqual(
              [-moved.max, -moved.min, -moved.median].map((n) => n + 0),
            );
        }
        const read: string[] = [];
        expect(found(await diff(b, b, read))).toEqual([]);
        expect(read).toEqual([]);
      }),
      { ...propertyOptions(25) },
    );
  });

  it('of versions made before it was kept what a step reads: all needed columns are taken for inputs', async () => {
    const old = { ...WORLD, withoutReads: true };
    const after = { ...EDITS['likes']!.edit(old), withoutReads: true };
    const changes = await diff(await build(old), await build(EDITS['word']!.edit(after)));
    const causes = Object.fromEntries(changes.columns.map((column) => [column.column, column.causes]));
    expect(causes['answer.text']).toEqual([{ cause: 'input (rows.word)', count: 1 }]);
    expect(causes['size.size']).toEqual([{ cause: 'input (answer.score, answer.text, rows.word)', count: 1 }]);
  });

  it('do not count a step that was renamed, nor one that reads it under its new name', async () => {
    const before = await build(WORLD);
    const { answer, size, ...others } = (await build(EDITS['model']!.edit(WORLD))).manifest.state.steps;
    const steps = {
      ...others,
      judged: answer!,
      size: { ...size!, needs: ['judged', 'rows'], reads: { text: 'judged.text', likes: 'rows.likes' } },
    };
    const renamed = (declaration: Json): Version => ({
      version: sha256('renamed'),
      manifest: { ...before.manifest, state: { ...before.manifest.state, declaration, steps } },
    });
    const changes = await diff(before, renamed({ steps: { judged: { was: 'answer' } } }));
    expect(changes.only_in).toEqual({ a: [], b: [] });
    const causes = Object.fromEntries(changes.columns.map(({ column, causes: counted }) => [column, counted]));
    expect(causes['judged.text']).toEqual([{ cause: 'model', count: 2 }]);
    expect(causes['size.size']).toEqual([{ cause: 'input (judged.text)', count: 2 }]);
    // Without a word about it the one step went and the other came, and the input still differs by its values.
    const unsaid = await diff(before, renamed({}));
    expect(unsaid.only_in.a.map(({ column }) => column)).toEqual(['answer.text', 'answer.score']);
    expect(unsaid.columns.find(({ column }) => column === 'size.size')!.causes).toEqual([
      { cause: 'input (judged.text)', count: 2 },
    ]);
  });

  it('do not count a column that says the same in another type, and compares numbers as numbers', async () => {
    const typed = (likes: ColumnType, value: CellValue) =>
      buildVersion(blobs, {
        rows: { columns: { likes }, rows: [{ id: 'a', partition: 'p', made: { values: { likes: value } } }] },
        steps: {},
      });
    const five = await typed(int64(), 5n);
    for (const same of [await typed(text(), '5'), await typed(float64(), 5)])
      expect(found(await diff(five, same))).toEqual([]);
    const [column] = (await diff(five, await typed(float64(), 5.5))).columns;
    expect(column).toMatchObject({
      changed: 1,
      moved: { mean: 0.5 },
      samples: [{ old: '5', new: 5.5, cause: 'source' }],
    });
    expect(found(await diff(five, await typed(list(text()), ['5'])))).toEqual(['rows.likes a']);
  });
});
