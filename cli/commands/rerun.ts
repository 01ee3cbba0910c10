import { Command, InvalidArgumentError } from 'commander';
import { commandLine } from '../command-name.ts';
import {
  batchOption,
  collect,
  maxFailuresOption,
  maxUsdOption,
  parseCount,
  type RunFlags,
  toRunOptions,
} from '../run-flags.ts';

interface RerunFlags extends Omit<RunFlags, 'retry' | 'refresh'> {
  readonly from: string;
  readonly sample: number;
  readonly stratify?: string;
  readonly seed: number;
}

export const rerunCommand = () =>
  new Command('rerun')
    .description('try a changed declaration on a sample of the rows, on a branch of its own')
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .requiredOption('--sample <rows>', 'how many rows are computed again; the others are skipped', parseSample)
    .option(
      '--stratify <column>',
      'step.column whose values the sample has in their proportions, one row each at least',
    )
    .option('--seed <n>', 'another number draws other rows', parseCount, 1)
    .option('--branch <name>', 'branch of the pilot; started where it is not there yet', 'pilot')
    .option('--from <branch>', 'where that branch starts', 'main')
    .option('--set <path=value>', 'override one value of the declaration; recorded in the version', collect, [])
    .addOption(maxUsdOption())
    .addOption(maxFailuresOption())
    .addOption(batchOption())
    .option('-m, --message <text>', 'a note kept in the version')
    .option('--detach', 'start the run and return at once')
    .option('--yes', 'answer every question with yes')
    .option('--json', 'print one JSON object at the end, nothing else')
    .addHelpText(
      'after',
      '\nExample:\n  gettok rerun --set models.gpt.model=gpt-4o-mini-2024-07-18 --sample 200 --stratify stance.label\n  gettok promote pilot',
    )
    .action(async (folder: string, flags: RerunFlags) => {
      const [{ openProject }, { runOnce }, { keyVariables, loadDataset }, { startPilot }] = await Promise.all([
        import('../open-project.ts'),
        import('../run-once.ts'),
        import('../load-dataset.ts'),
        import('../start-pilot.ts'),
      ]);
      const { branch, from, sample: rows, seed, stratify = null } = flags;
      // A declaration that can't be used is told before any service starts.
      const dataset = await loadDataset(folder, flags.set);
      await using project = await openProject(['store', 'temporal', 'worker', 'speech'], keyVariables(dataset));
      const of = { dataset: dataset.declaration.dataset, branch, from };
      const sample = await startPilot(project, of, { rows, seed, stratify });
      const command = commandLine(
        'rerun',
        ...(folder === '.' ? [] : [folder]),
        '--sample',
        String(rows),
        '--seed',
        String(seed),
        '--branch',
        branch,
        ...(stratify === null ? [] : ['--stratify', stratify]),
        ...flags.set.flatMap((value) => ['--set', value]),
      );
      const outcome = await runOnce(
        project,
        dataset,
        { ...toRunOptions({ ...flags, retry: [] }), sample },
        { ...flags, folder, command, goOn: (option) => [command, ...(option ? [option] : [])].join(' ') },
      );
      if (!outcome || flags.json) return;
      const at = folder === '.' ? [] : ['--folder', folder];
      const promote = [...at, ...(from === 'main' ? [] : ['--to', from])];
      const column = stratify ?? '<step.column>';
      process.stdout.write(`Look at it:  ${commandLine('compare', from, branch, '--column', column, ...at)}\n`);
      process.stdout.write(`Compute the rest and take it over:  ${commandLine('promote', branch, ...promote)}\n`);
    });

function parseSample(value: string): number {
  const rows = parseCount(value);
  if (rows === 0) throw new InvalidArgumentError('Expected at least one row.');
  return rows;
}
