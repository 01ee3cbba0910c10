import { equalJson } from '../manifests/canonical-json.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { readBranch } from '../manifests/refs.ts';
import { changeText, jsonChanges } from '../datasets/declaration/json-changes.ts';
import { checkUnsaved } from './check-unsaved.ts';
import { commandLine, targetWords } from './command-name.ts';
import { datasetName } from './dataset-name.ts';
import { keyVariables } from './load-dataset.ts';
import { loadVersionDeclaration, withoutOverrides } from './load-version-declaration.ts';
import { openProject } from './open-project.ts';
import type { MergeRequest, PlannedMerge } from './plan-merge.ts';
import { type RunFlags, toRunOptions } from './run-flags.ts';
import { runOnce } from './run-once.ts';
import { shortDigest } from './terminal/format-number.ts';
import { printable } from './terminal/render-table.ts';
import { folderDiffers, writeDeclaration } from './write-declaration.ts';

export interface MergeFlags extends Omit<RunFlags, 'branch' | 'set' | 'retry'> {
  readonly folder: string;
  /** `dataset.yaml` of the folder gets the declaration that was run. */
  readonly write?: boolean;
  readonly dryRun?: boolean;
}

/** `promote` and `merge`: runs on one branch the declaration that comes of another, with the cells of both. */
export async function runMerge(
  command: 'promote' | 'merge',
  { branch, to }: Omit<MergeRequest, 'dataset'>,
  flags: MergeFlags,
  plan: (store: ObjectStore, request: MergeRequest) => Promise<PlannedMerge>,
): Promise<void> {
  const { folder, json } = flags;
  const dataset = await datasetName(folder);
  const { stepKinds: kinds } = await import('../activities/kinds/index.ts');
  const say = (text: string) => json || process.stdout.write(`${text}\n`);
  const prepared = await (async () => {
    await using project = await openProject(['store']);
    const planned = await plan(project.store, { dataset, branch, to });
    const own = `${branch} (${shortDigest(planned.branch.version)})`;
    // A merged declaration is of neither side alone.
    const name = command === 'merge' ? `${own} and ${to} brought together` : own;
    const loaded = await loadVersionDeclaration({ folder, kinds, blobs: project.blobs, name }, planned.declaration);
    return { planned, loaded };
  })();
  const { planned, loaded } = prepared;
  const changes = jsonChanges(withoutOverrides(planned.target.manifest.state.declaration), planned.declaration);
  if (flags.dryRun && json) {
    const said = changes.map(({ path, before = null, after = null }) => ({ path: path.join('.'), before, after }));
    process.stdout.write(`${JSON.stringify({ branch, to, changes: said, untried: planned.untried })}\n`);
    return;
  }
  say(changes.length === 0 ? `${to} declares what ${branch} does` : `What changes in the declaration of ${to}:`);
  for (const change of changes) say(`  ${printable(changeText(change))}`);
  for (const step of planned.untried)
    say(`  note: ${step} and its model were changed on one branch each; together nobody has run them`);
  if (flags.dryRun) return;
  if (flags.write) await checkUnsaved({ folder, kinds }, planned, flags.detach === true);
  say('');

  const words = [
    command,
    branch,
    ...(to === 'main' ? [] : [command === 'merge' ? '--into' : '--to', to]),
    ...(folder === '.' ? [] : ['--folder', folder]),
  ];
  await using project = await openProject(['store', 'temporal', 'worker', 'speech'], keyVariables(loaded));
  const verb = command === 'promote' ? 'promotes' : 'merges';
  const options = toRunOptions({ ...flags, branch: to, set: [], retry: [] });
  await runOnce(
    project,
    loaded,
    {
      ...options,
      message: options.message ?? `${verb} ${branch} (${shortDigest(planned.branch.version)})`,
      from: planned.target.version,
      merges: planned.branch.version,
    },
    {
      ...flags,
      command: commandLine(...words),
      goOn: (option) => [commandLine(...words), ...(option ? [option] : [])].join(' '),
    },
  );

  const ref = await readBranch(project.store, dataset, to);
  const head = ref && (await readManifest(project.store, ref.manifest));
  if (!head || !equalJson(withoutOverrides(head.state.declaration), planned.declaration)) return;
  if (flags.write) {
    // Somebody may have edited it while the run was at work.
    await checkUnsaved({ folder, kinds }, planned, false);
    const files = await writeDeclaration({ folder, kinds, blobs: project.blobs }, planned.declaration);
    say(files.length === 0 ? 'dataset.yaml says so already' : `wrote ${files.join(', ')}`);
    return;
  }
  const differs = await folderDiffers({ folder, kinds }, planned.declaration).catch(() => ['it can’t be read']);
  if (differs.length > 0)
    say(
      `dataset.yaml says otherwise, and the next ${commandLine('run', ...targetWords(folder, to))} would go back: ${printable(differs.join(', '))}.\n` +
        `Write it there with: ${commandLine(...words, '--write')}`,
    );
}
