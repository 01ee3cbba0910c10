import { Command } from 'commander';
import type { MergeFlags } from '../run-merge.ts';
import { mergeOptions } from './promote.ts';

export const mergeCommand = () =>
  mergeOptions(
    new Command('merge')
      .description('bring what two branches changed in the declaration together, and run it with the cells of both')
      .argument('<branch>', 'the branch whose changes are brought in')
      .option('--into <branch>', 'the branch that they go into', 'main'),
  )
    .addHelpText('after', '\nExample:\n  gettok merge better-prompt --dry-run && gettok merge better-prompt --write')
    .action(async (branch: string, flags: MergeFlags & { readonly into: string }) => {
      const [{ runMerge }, { planMerge }] = await Promise.all([import('../run-merge.ts'), import('../plan-merge.ts')]);
      await runMerge('merge', { branch, to: flags.into }, flags, planMerge);
    });
