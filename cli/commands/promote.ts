import { Command } from 'commander';
import { batchOption, maxFailuresOption, maxUsdOption } from '../run-flags.ts';
import type { MergeFlags } from '../run-merge.ts';

/** Options of the commands that run what comes of another branch. */
export const mergeOptions = (command: Command) =>
  command
    .option('--folder <folder>', 'folder of a dataset.yaml', '.')
    .option('--write', 'put the declaration into dataset.yaml of the folder too')
    .option('--dry-run', 'say what would change in the declaration, and run nothing')
    .addOption(maxUsdOption())
    .addOption(maxFailuresOption())
    .addOption(batchOption())
    .option('-m, --message <text>', 'a note kept in the version')
    .option('--detach', 'start the run and return at once')
    .option('--yes', 'answer every question with yes')
    .option('--json', 'print one JSON object at the end, nothing else');

export const promoteCommand = () =>
  mergeOptions(
    new Command('promote')
      .description('run what a branch declares on the branch that it started from, and pay only for the rest')
      .argument('<branch>', 'such as pilot')
      .option('--to <branch>', 'the branch that it goes to; it must be where the other one started', 'main'),
  )
    .addHelpText('after', '\nExample:\n  gettok promote pilot --max-usd 20 --write')
    .action(async (branch: string, flags: MergeFlags & { readonly to: string }) => {
      const [{ runMerge }, { planPromotion }] = await Promise.all([
        import('../run-merge.ts'),
        import('../plan-merge.ts'),
      ]);
      await runMerge('promote', { branch, to: flags.to }, flags, planPromotion);
    });
