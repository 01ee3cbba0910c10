import { Command } from 'commander';
import {
  batchOption,
  collect,
  collectRetry,
  goOnCommand,
  maxFailuresOption,
  maxRequestsOption,
  maxUsdOption,
  refreshOption,
  runCommandLine,
  type RunFlags,
  startOption,
  toRunOptions,
} from '../run-flags.ts';

export const runCommand = () =>
  new Command('run')
    .description('compute what is missing or changed and commit a new version')
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .option('--branch <name>', 'branch the version goes to', 'main')
    .addOption(startOption())
    .option('--set <path=value>', 'override one value of the declaration; recorded in the version', collect, [])
    .option('--retry <what>', 'ask again for failed cells: failed, or failed:<code>', collectRetry, [])
    .addOption(maxUsdOption())
    .addOption(maxFailuresOption())
    .addOption(batchOption())
    .addOption(maxRequestsOption())
    .addOption(refreshOption())
    .option('-m, --message <text>', 'a note kept in the version')
    .option('--detach', 'start the run and return at once')
    .option('--yes', 'answer every question with yes')
    .option('--json', 'print one JSON object at the end, nothing else')
    .addHelpText(
      'after',
      '\nCtrl-C leaves the run going in the background.\n\nExample:\n  gettok run --set models.gpt.model=gpt-4o-mini-2024-07-18 --branch mini',
    )
    .action(async (folder: string, flags: RunFlags) => {
      const { openProject } = await import('../open-project.ts');
      const { runOnce } = await import('../run-once.ts');
      const { keyVariables, loadDataset } = await import('../load-dataset.ts');
      // A declaration that can't be used is told before any service starts.
      const dataset = await loadDataset(folder, flags.set);
      await using project = await openProject(['store', 'temporal', 'worker', 'speech'], keyVariables(dataset));
      await runOnce(project, dataset, toRunOptions(flags), {
        ...flags,
        folder,
        command: runCommandLine(folder, flags),
        goOn: goOnCommand(folder, flags),
      });
    });
