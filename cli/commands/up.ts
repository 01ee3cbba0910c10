import { Command } from 'commander';

export const upCommand = () =>
  new Command('up')
    .description('start the services of this project and keep them until `gettok down`')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok up')
    .action(async (flags: { json?: boolean }) => {
      const { startAndKeep } = await import('../services/start-and-keep.ts');
      await startAndKeep(flags);
    });
