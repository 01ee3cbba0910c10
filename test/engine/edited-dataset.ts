import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { placeholderReads } from '../../activities/models/question.ts';
import { defineStepKind, failed, skipped, type StepKind } from '../../activities/step-kind.ts';
import { type CellValue, int64, text } from '../../datasets/column-type.ts';
import { promptFile } from '../../datasets/step-kind.ts';
import { digestOf, sha256 } from '../../manifests/digest.ts';
import { testKinds } from './test-kinds.ts';
import type { TestProject } from './test-project.ts';

interface Row {
  readonly day: string | null;
  readonly word: string | null;
  readonly likes: number;
}

/** What a person may change of a dataset between two runs. */
export interface World {
  /** By id. */
  readonly rows: { readonly [id: string]: Row };
  readonly isReversed: boolean;
  /** The file has a column more, which no step reads. */
  readonly hasMore: boolean;
  readonly partition: string;
  /** Names that two steps have now; each `was` the other one. */
  readonly source: 'rows' | 'items';
  readonly upper: 'upper' | 'capitals';
  readonly suffix: string;
  /** The suffix of a second step of the same kind; null where there is none. */
  readonly second: string | null;
  /** Whether the length is that of the first or of the second. */
  readonly measures: 'first' | 'second';
  readonly prompt: string;
  readonly outputs: readonly string[];
  /** Of the kind of the step that has the prompt. */
  readonly revision: number;
  /** What failed before can be made now: nothing that the dataset knows of. */
  readonly isHealed: boolean;
}

const IDS = ['1', '2', '3', '4', '5', '6'];
const row = fc.record<Row>({
  day: fc.constantFrom('2022-12-07', '2022-12-08', null),
  word: fc.constantFrom('uno', 'dos', 'tres', 'bad', null),
  likes: fc.constantFrom(1, 2),
});
const rows = fc.dictionary(fc.constantFrom(...IDS), row, { minKeys: 1, noNullPrototype: true });
const MENTIONS = ['{{rows.word}}', '{{rows.likes}}', '{{upper.upper}}', '{{rows.word}} {{upper.letters}}'];

const PARTS: { readonly [part in keyof World]: fc.Arbitrary<World[part]> } = {
  rows,
  isReversed: fc.boolean(),
  hasMore: fc.boolean(),
  partition: fc.constantFrom('{ by: day, every: day }', '{ by: id, buckets: 2 }', '{ by: id, buckets: 1 }'),
  source: fc.constantFrom('rows', 'items'),
  upper: fc.constantFrom('upper', 'capitals'),
  suffix: fc.constantFrom('', 'x'),
  second: fc.constantFrom(null, 'o', 'x'),
  measures: fc.constantFrom('first', 'second'),
  prompt: fc.tuple(fc.constantFrom('Judge', 'Say'), fc.constantFrom(...MENTIONS)).map((words) => words.join(' ')),
  outputs: fc.constantFrom(['said'], ['said', 'heard']),
  revision: fc.constantFrom(1, 2),
  isHealed: fc.boolean(),
};
export const anyWorld: fc.Arbitrary<World> = fc.record(PARTS);

const { rows: _rows, ...parts } = PARTS;
const change = fc.record({
  id: fc.constantFrom(...IDS),
  what: fc.constantFrom('day', 'word', 'likes', 'all', 'gone'),
  to: row,
});
const otherPart = fc.oneof(...Object.entries(parts).map(([part, value]) => fc.record({ [part]: value })));
/** Some rows are changed in one column, new or gone, and some other things are changed; or nothing is. */
export const anyEdit = fc.record({
  rows: fc.array(change, { maxLength: 2 }),
  parts: fc
    .array(otherPart, { maxLength: 2 })
    .map((changed): Partial<Omit<World, 'rows'>> => Object.assign({}, ...changed)),
});
type Edit = typeof anyEdit extends fc.Arbitrary<infer T> ? T : never;
type RowChange = typeof change extends fc.Arbitrary<infer T> ? T : never;

export const edited = (world: World, { rows: changes, parts: changed }: Edit): World =>
  changes.reduce(changeRow, { ...world, ...changed });

function changeRow(world: World, { id, what, to }: RowChange): World {
  const { [id]: old, ...others } = world.rows;
  if (what === 'gone') return Object.keys(others).length === 0 ? world : { ...world, rows: others };
  const changed = what === 'all' || old === undefined ? to : { ...old, [what]: to[what] };
  return { ...world, rows: { ...world.rows, [id]: changed } };
}

/** Writes the folder of a dataset as it is in a world. */
export async function writeWorld(project: TestProject, dataset: string, world: World): Promise<void> {
  const { source, upper, suffix, second, prompt, outputs, hasMore, isReversed } = world;
  const all = Object.entries(world.rows).map(([id, values]) => ({ id, ...values, ...(hasMore && { more: 'more' }) }));
  await project.write('rows.json', JSON.stringify(isReversed ? all.toReversed() : all));
  await project.write('prompt.md', prompt.replaceAll('rows.', `${source}.`).replaceAll('upper.', `${upper}.`));
  const measured = second !== null && world.measures === 'second' ? 'second' : upper;
  const steps = [
    `  ${source}: { was: ${source === 'rows' ? 'items' : 'rows'}, uses: test/file, with: { path: rows.json } }`,
    `  ${upper}: { was: ${upper === 'upper' ? 'capitals' : 'upper'}, uses: test/upper, needs: [${source}], with: { suffix: '${suffix}' } }`,
    ...(second === null ? [] : [`  second: { uses: test/upper, needs: [${source}], with: { suffix: '${second}' } }`]),
    `  judged: { uses: test/asks, needs: [${source}, ${upper}], with: { prompt: prompt.md, outputs: [${outputs.join(', ')}] } }`,
    `  size: { uses: test/length, needs: [${measured}] }`,
  ];
  const layout = isReversed ? steps.toReversed() : steps;
  await project.write(
    'dataset.yaml',
    `dataset: ${dataset}\npartition: ${world.partition}\nsteps:\n${layout.join('\n')}\n`,
  );
}

/** The kinds of those steps. What `now` says of them is true of whoever plans and of whoever works. */
export function editedKinds(): {
  readonly kinds: ReadonlyMap<string, StepKind>;
  readonly now: { revision: number; isHealed: boolean };
} {
  const now = { revision: 1, isHealed: false };
  const read = async (path: string, folder: string) =>
    JSON.parse(await readFile(join(folder, path), 'utf8')) as (Row & { readonly id: string; readonly more?: string })[];
  const file = defineStepKind({
    kind: 'test/file',
    revision: 1,
    summary: 'Rows of a JSON file, with the columns that it has.',
    queue: 'files',
    params: z.strictObject({ path: z.string() }),
    tuning: z.strictObject({}),
    outside: {
      fingerprint: async ({ path }, { folder }) => digestOf('outside', sha256(await readFile(join(folder, path)))),
    },
    makes: () => null,
    inspect: async ({ path }, folder) => ({
      day: text(),
      word: text(),
      likes: int64(),
      ...((await read(path, folder))[0]?.more !== undefined && { more: text() }),
    }),
    async *rows({ path }, folder) {
      for (const { id, ...values } of await read(path, folder))
        yield { id, values: { ...values, likes: BigInt(values.likes) }, place: `${path} ${id}` };
    },
  });
  const asks = defineStepKind({
    kind: 'test/asks',
    revision: 1,
    summary: 'What its prompt reads, in every output.',
    queue: 'main',
    params: z.strictObject({ prompt: promptFile(), outputs: z.array(z.string()) }),
    tuning: z.strictObject({}),
    reads: placeholderReads,
    makes: ({ outputs }) => Object.fromEntries(outputs.map((name) => [name, text()])),
    async cell(inputs, { prompt, outputs }) {
      const found = Object.values(inputs).filter((value) => value !== null);
      if (found.length === 0) return skipped('no_input');
      if (found.includes('bad') && !now.isHealed) return failed('bad_word', 'this word is bad');
      return Object.fromEntries(
        outputs.map((name) => [name, `${prompt.text} ${now.revision}: ${found.map(show).join()}`]),
      );
    },
  });
  Object.defineProperty(asks, 'revision', { get: () => now.revision });
  return { kinds: new Map([...testKinds().kinds, [file.kind, file], [asks.kind, asks]]), now };
}

const show = (value: CellValue) =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));
