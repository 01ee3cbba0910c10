import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parts, partSets } from './set-up/parts.mjs';
import { demoModels } from './demo-models.ts';
import { openProject } from './open-project.ts';
import { prepareRun } from './prepare-run.ts';
import { loadDataset } from './load-dataset.ts';
import { goOnCommand, runCommandLine } from './run-flags.ts';
import { runOnce } from './run-once.ts';
import { sampleTable } from './sample-table.ts';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { formatDuration } from './terminal/format-number.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/peru-2022', import.meta.url));

/** The main job on the bundled sample, told as it happens, ending with what a person can do next. */
export async function runDemo({ yes }: { readonly yes: boolean }): Promise<void> {
  const started = performance.now();
  const colours = coloursFor(process.stdout);
  const say = (text = '') => process.stdout.write(`${text}\n`);
  say(`${colours.bold('GET-Tok demo')}: 24 short videos from a bundled sample → a versioned, queryable dataset\n`);
  say(`  set-up    ${(await partsFound(colours.green('✔'), colours.dim('–'))).join('  ')}`);

  await using project = await openProject(['store', 'temporal', 'worker', 'speech']);
  const models = demoModels({
    hasKey: project.configuration.openai.apiKey !== undefined,
    hasSpeech: project.speech !== undefined,
  });
  say(`  models    ${models.words}\n`);
  const folder = relative(process.cwd(), EXAMPLE) || '.';
  const options = { branch: 'main', retry: [], message: null };
  const dataset = await loadDataset(folder, models.set);
  const flags = { ...options, set: models.set };
  const [command, goOn] = [runCommandLine(folder, flags), goOnCommand(folder, flags)];
  await runOnce(project, dataset, options, { yes, folder, command, goOn });

  const { parent } = await prepareRun(project, dataset, options);
  if (!parent) return;
  const missing = parent.manifest.state.steps['transcript']?.partitions ?? {};
  const silent = Object.values(missing).reduce(
    (sum, { counts }) => sum + (counts.failed['engine_unavailable'] ?? 0),
    0,
  );
  if (silent > 0)
    say(
      `\n${silent} transcripts failed as engine_unavailable: no speech engine answers on this machine. The next run that finds one asks again.` +
        `\nBring one with: ${parts.get('speech')!.mend}`,
    );
  say(`\n${await sampleTable(project, parent.manifest.state.dataset, { width: widthOf(process.stdout), colours })}\n`);
  for (const line of whatNext(folder, models.set)) say(line);
  say(
    `\n${colours.dim(`${formatDuration((performance.now() - started) / 1000)} in all. The services stop by themselves after 10 idle minutes, or with: bin/gettok down`)}`,
  );
}

async function partsFound(found: string, missing: string): Promise<string[]> {
  const names = [...(partSets.get('demo') ?? [])];
  return Promise.all(
    names.map(async (part) => {
      const at = await part.find().catch(() => null);
      return at ? `${found} ${part.name} ${at.version}` : `${missing} ${part.name}`;
    }),
  );
}

/** Three commands that work as printed, in the folder the demo was started in. */
function whatNext(folder: string, set: readonly string[]): string[] {
  const gettok = relative(process.cwd(), fileURLToPath(new URL('../bin/gettok', import.meta.url)));
  const flags = set.map((value) => ` --set '${value}'`).join('');
  return [
    'Try next',
    `  edit ${folder}/prompts/stance.md, then`,
    `  ${gettok} run ${folder}${flags}`,
    '      only stance is computed again',
    `  ${gettok} query ${folder} "select stance_label, count(*) from dataset group by 1"`,
    '      SQL over one table a step, and the joined view "dataset"',
    `  ${gettok} show ${folder}`,
    '      what is in the version, by which models and prompts',
  ];
}
