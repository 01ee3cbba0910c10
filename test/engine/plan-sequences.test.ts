import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import { loadVersionDeclaration } from '../../cli/load-version-declaration.ts';
import { isMerged, type PlannedMerge, planMerge, planPromotion } from '../../cli/plan-merge.ts';
import { startPilot } from '../../cli/start-pilot.ts';
import { GettokError } from '../../manifests/gettok-error.ts';
import { readBranch } from '../../manifests/refs.ts';
import { propertyOptions } from '../property-options.ts';
import { checkedRun } from './checked-run.ts';
import { anyEdit, anyWorld, edited, editedKinds, type World, writeWorld } from './edited-dataset.ts';
import { MadeCells } from './made-cells.ts';
import { type RunOptions, TestProject } from './test-project.ts';

const { kinds, now } = editedKinds();
let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start(kinds);
});
afterAll(() => project[Symbol.asyncDispose]());

const branch = fc.constantFrom('main', 'main', 'other');
const retry = fc.constantFrom([], ['failed']);
/** What a person does next. `back` is to what the folder was before the last edit. */
const anyMove = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('run' as const), edit: anyEdit, branch, retry }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('back' as const), branch, retry }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pilot' as const),
      edit: anyEdit,
      retry,
      rows: fc.integer({ min: 1, max: 4 }),
      seed: fc.constantFrom(1, 2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), retry }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('promote' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('merge' as const) }) },
);
type Move = typeof anyMove extends fc.Arbitrary<infer T> ? T : never;

class History {
  readonly #dataset: string;
  readonly #made = new MadeCells();
  #world: World;
  #last: World;

  constructor(dataset: string, world: World) {
    this.#dataset = dataset;
    this.#world = world;
    this.#last = world;
  }

  async make(move: Move): Promise<void> {
    if ('edit' in move) await this.write(edited(this.#world, move.edit));
    switch (move.do) {
      case 'back':
        await this.write(this.#last);
        return this.run({ branch: move.branch, retry: move.retry });
      case 'run':
        return this.run({ branch: move.branch, retry: move.retry });
      case 'pilot': {
        const pilot = { dataset: this.#dataset, branch: 'pilot', from: 'main' };
        const tools = { store: project.store, blobs: project.services.blobs };
        const sample = await startPilot(tools, pilot, { rows: move.rows, seed: move.seed, stratify: null });
        return this.run({ branch: 'pilot', sample, retry: move.retry });
      }
      case 'finish':
        if (await readBranch(project.store, this.#dataset, 'pilot'))
          await this.run({ branch: 'pilot', retry: move.retry });
        return;
      case 'promote':
        return this.#merge(
          () => planPromotion(project.store, { dataset: this.#dataset, branch: 'pilot', to: 'main' }),
          'pilot',
        );
      case 'merge':
        return this.#merge(
          () => planMerge(project.store, { dataset: this.#dataset, branch: 'other', to: 'main' }),
          'other',
        );
    }
  }

  async write(world: World): Promise<void> {
    [this.#world, this.#last] = [world, this.#world];
    Object.assign(now, { revision: world.revision, isHealed: world.isHealed });
    await writeWorld(project, this.#dataset, world);
  }

  run = (options: RunOptions) => checkedRun(project, this.#made, options);

  /** Unless it is refused: there is no such branch, it is there already, or both sides changed the same. */
  async #merge(plan: () => Promise<PlannedMerge>, name: string): Promise<void> {
    const planned = await plan().catch(refused);
    if (planned === null || isMerged(planned)) return;
    const texts = { folder: `${project.folder}/dataset`, kinds, blobs: project.services.blobs, name };
    const loaded = await loadVersionDeclaration(texts, planned.declaration).catch(refused);
    if (loaded) await this.run({ declaration: loaded.declaration, merges: planned.branch.version });
  }
}

function refused(error: unknown): null {
  if (error instanceof GettokError) return null;
  throw error;
}

let datasets = 0;

it('forecasts what a run then does, row by row, and diff says why, whatever is edited on whichever branch', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, fc.array(anyMove, { minLength: 3, maxLength: 8 }), async (world, moves) => {
      const history = new History(`edited-${(datasets += 1)}`, world);
      await history.write(world);
      await history.run({});
      for (const move of moves) await history.make(move);
    }),
    { ...propertyOptions(8), endOnFailure: true },
  );
}, 3_600_000);
