import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pMap from 'p-map';
import { connectProject } from '../cli/open-project.ts';
import { loadConfiguration } from '../cli/configuration.ts';
import { ensureServices } from '../cli/services/ensure-services.ts';
import { loadDataset } from '../cli/load-dataset.ts';
import { prepareRun } from '../cli/prepare-run.ts';
import { type Manifest, stateDigest } from '../manifests/manifest.ts';
import { writeManifest } from '../manifests/manifest-store.ts';
import { moveBranch } from '../manifests/refs.ts';
import { merkleRoot } from '../manifests/merkle-tree.ts';
import { sha256 } from '../manifests/digest.ts';
import { NO_CALLS } from '../datasets/step-result.ts';
import { GettokFolder } from '../test/end-to-end/gettok-process.ts';
import { type Figure, medianSeconds, secondsFigure } from './figure.ts';

/** The size of the original study. */
const ROWS = 43_697;
const DAYS = 102;
const FIRST_DAY_S = Date.UTC(2022, 10, 20) / 1000;

const DECLARATION = `dataset: study-size
title: As large as the original study
creators: [{ name: Ada Example }]
license: CC-BY-4.0
partition: { by: create_time, every: day }
models:
  gpt: { provider: baseline, model: facts-and-lexicon-1 }
steps:
  video:       { uses: import/table, with: { path: data/videos.jsonl, id: id } }
  media:       { uses: media/files, needs: [video], with: { path: "media/{id}.mp4" } }
  audio:       { uses: media/audio, needs: [media] }
  frames:      { uses: media/frames, needs: [media] }
  ocr:         { uses: text/ocr, needs: [frames] }
  description: { uses: ai/generate, needs: [frames], with: { model: gpt, prompt: describe.md, output: { description: string } } }
  stance:      { uses: ai/classify, needs: [frames, description], with: { model: gpt, prompt: stance.md, labels: [support, no support, neutral] } }
`;

/** `plan` on an unchanged dataset: every file is looked at by stat, every partition by digest, no row is read. */
export async function benchPlan(): Promise<Figure[]> {
  await using project = await GettokFolder.withExample();
  const folder = join(project.path, 'study-size');
  await makeDataset(folder);
  await commitAsIfRun(project.path, folder);

  const plan = async () => {
    const { up_to_date: upToDate } = await project.json<{ up_to_date: boolean }>('plan', folder);
    if (!upToDate) throw new Error('the plan should find the dataset up to date');
  };
  await plan();
  const seconds = await medianSeconds(5, plan);
  const statOnly = await medianSeconds(5, () =>
    execa('node', ['-e', `const fs=require('fs');for(const f of fs.readdirSync('media'))fs.statSync('media/'+f)`], {
      cwd: folder,
      preferLocal: true,
    }),
  );
  return [
    secondsFigure(`plan, unchanged: ${ROWS.toLocaleString('en-US')} rows, ${DAYS} partitions, 7 steps`, seconds, 2, {
      what: 'node, one stat a video',
      seconds: statOnly,
    }),
  ];
}

async function makeDataset(folder: string): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true });
  await mkdir(join(folder, 'media'));
  await writeFile(join(folder, 'dataset.yaml'), DECLARATION);
  await writeFile(join(folder, 'describe.md'), 'Describe.\n');
  await writeFile(join(folder, 'stance.md'), 'Judge {{description.description}}\n');
  const ids = Array.from({ length: ROWS }, (_, n) => (7_174_000_000_000_000_000n + BigInt(n) * 1_000_003n).toString());
  const lines = ids.map((id, n) => {
    const create_time = FIRST_DAY_S + (n % DAYS) * 86_400 + (n % 86_000);
    return `{"id":${id},"create_time":${create_time},"username":"user${n % 997}","video_description":"Castillo #${n}","view_count":${n}}`;
  });
  await writeFile(join(folder, 'data/videos.jsonl'), `${lines.join('\n')}\n`);
  await pMap(ids, (id) => writeFile(join(folder, `media/${id}.mp4`), id), { concurrency: 64 });
}

/** A version as a run would have made it, but for the bytes of its files: a plan never looks at those. */
async function commitAsIfRun(projectFolder: string, folder: string): Promise<void> {
  const configuration = await loadConfiguration({ environment: { ...process.env, GETTOK_PROJECT: projectFolder } });
  await using project = await connectProject(configuration, await ensureServices(configuration, { need: ['store'] }));
  const { plan } = await prepareRun(project, await loadDataset(folder), { branch: 'main', retry: [], message: null });
  const days = Array.from({ length: DAYS }, (_, n) =>
    new Date((FIRST_DAY_S + n * 86_400) * 1000).toISOString().slice(0, 10),
  );
  const digest = (text: string) => sha256(createHash('sha256').update(text).digest());
  const rowsOf = (day: number) => Math.floor(ROWS / DAYS) + (day < ROWS % DAYS ? 1 : 0);
  const steps: Manifest['state']['steps'] = Object.fromEntries(
    plan.steps.map((step) => [
      step.name,
      {
        kind: step.kind,
        revision: step.revision,
        source: step.source,
        needs: [...step.needs],
        configuration: step.configuration,
        parameters: step.parameters,
        columns: step.columns.map((column) => ({ ...column })) as Manifest['state']['steps'][string]['columns'],
        partitions: Object.fromEntries(
          days.map((day, n) => [
            day,
            {
              values: digest(`${step.name} ${day} values`),
              provenance: digest(`${step.name} ${day} provenance`),
              rows: rowsOf(n),
              counts: { ok: rowsOf(n), skipped: {}, failed: {} },
              root: merkleRoot([]),
            },
          ]),
        ),
      },
    ]),
  );
  const manifest: Manifest = {
    format: 'gettok-manifest/1',
    stateDigest: stateDigest(steps),
    state: {
      dataset: plan.dataset,
      declaration: plan.declaration,
      partition: { ...plan.partition },
      steps,
    },
    record: {
      parent: null,
      run: plan.run,
      branch: 'main',
      by: null,
      message: null,
      created_at: '0',
      started_at: '0',
      temporal: { namespace: 'default', workflow_id: 'bench', run_id: 'bench' },
      software: {},
      steps: Object.fromEntries(
        plan.steps.map((step) => [
          step.name,
          {
            outside: step.outside,
            computed: ROWS,
            reused: 0,
            paid: NO_CALLS,
            partitions: Object.fromEntries(days.map((day) => [day, { run: plan.run, models: {}, ...NO_CALLS }])),
          },
        ]),
      ),
    },
  };
  const version = await writeManifest(project.store, manifest);
  await moveBranch(project.store, plan.dataset, 'main', null, {
    manifest: version,
    run: plan.run,
    updatedAt: new Date(0).toISOString(),
    by: null,
  });
}
