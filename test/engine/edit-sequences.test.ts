import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { propertyOptions } from '../property-options.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

const harness = testKinds();
let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start(harness.kinds);
});
afterAll(() => project[Symbol.asyncDispose]());

/** What a person changes between two runs; by each the files in the folder are other ones. */
interface World {
  readonly words: readonly (string | null)[];
  readonly suffix: string;
  /** What the second of two steps of the same kind has. */
  readonly other: string;
  readonly name: string;
  readonly delayMs: number;
  readonly comment: string;
  readonly isReversed: boolean;
}

const edit: fc.Arbitrary<Partial<World>> = fc.oneof(
  fc.record({ words: fc.array(fc.constantFrom('uno', 'dos', 'bad', null), { minLength: 1, maxLength: 4 }) }),
  fc.record({ suffix: fc.constantFrom('', 'x', 'y') }),
  fc.record({ other: fc.constantFrom('o', 'x') }),
  fc.record({ name: fc.constantFrom('upper', 'capitals') }),
  fc.record({ delayMs: fc.constantFrom(0, 1), comment: fc.constantFrom('', '# again'), isReversed: fc.boolean() }),
);
const FIRST: World = {
  words: ['uno', null],
  suffix: '',
  other: 'o',
  name: 'upper',
  delayMs: 0,
  comment: '',
  isReversed: false,
};

async function write(
  dataset: string,
  { words, suffix, other, name, delayMs, comment, isReversed }: World,
): Promise<void> {
  const rows = words.map((word, id) => ({ id: String(id), day: null, word }));
  await project.write('rows.json', JSON.stringify(isReversed ? rows.toReversed() : rows));
  const was = name === 'upper' ? 'capitals' : 'upper';
  const steps = [
    `  rows: { uses: test/rows, with: { path: rows.json } }`,
    `  ${name}: { was: ${was}, uses: test/upper, needs: [rows], with: { suffix: '${suffix}', delay_ms: ${delayMs} } } ${comment}`,
    `  both: { uses: test/upper, needs: [rows], with: { suffix: '${other}' } }`,
    `  size: { needs: [${name}], uses: test/length }`,
  ];
  const layout = isReversed ? steps.toReversed() : steps;
  await project.write(
    'dataset.yaml',
    `dataset: ${dataset}\npartition: { by: id, buckets: 2 }\nsteps:\n${layout.join('\n')}\n`,
  );
}

/** The keys of all cells as what they depend on, without the engine: equal ones are made once in a dataset. */
function cellsOf({ words, suffix, other }: World): string[] {
  return words.flatMap((word, id) => {
    const upper = word === null || word === 'bad' ? null : word.toUpperCase() + suffix;
    return [
      `upper ${id} of ${word} and ${suffix}`,
      `upper ${id} of ${word} and ${other}`,
      // Without its input it is skipped before anything is made.
      ...(upper === null ? [] : [`length ${id} of ${upper}`]),
    ];
  });
}

let sequences = 0;

it('makes exactly the cells that nobody has made, whatever is edited, swapped back, renamed or laid out anew', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 2, maxLength: 5 }), async (edits) => {
      const dataset = `edits-${(sequences += 1)}`;
      const known = new Set<string>();
      const digests = new Map<string, string>();
      let world = FIRST;
      for (const change of [{}, ...edits, FIRST]) {
        const before = world.words.length;
        world = { ...world, ...change };
        // A row that left and comes back is a new one: its salt, and with it the Merkle root, is another.
        if (world.words.length < before) digests.clear();
        await write(dataset, world);
        const fresh = new Set(cellsOf(world).filter((cell) => !known.has(cell)));
        harness.made.length = 0;
        const { manifest } = await project.run();
        const expected = [...fresh].map((cell) => cell.split(' of ')[0]!);
        // Two steps that are the same at the same time may both make a cell that is new to both.
        const made = world.suffix === world.other ? [...new Set(harness.made)] : harness.made;
        const once = world.suffix === world.other ? [...new Set(expected)] : expected;
        expect(made.toSorted()).toEqual(once.toSorted());
        for (const cell of fresh) known.add(cell);
        const values = JSON.stringify([world.words, world.suffix, world.other, world.name]);
        expect(manifest.stateDigest).toBe(digests.get(values) ?? manifest.stateDigest);
        digests.set(values, manifest.stateDigest);
      }
    }),
    { ...propertyOptions(6), endOnFailure: true },
  );
}, 240_000);
