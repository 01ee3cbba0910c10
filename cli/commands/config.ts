import { Command } from 'commander';

export const configCommand = () =>
  new Command('config')
    .description('print the settings in force and where each is from; secrets are hidden')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  GETTOK_S3_BUCKET=pilot gettok config')
    .action(async (flags: { json?: boolean }) => {
      const { loadConfiguration } = await import('../configuration.ts');
      const { showConfiguration } = await import('../show-configuration.ts');
      showConfiguration(await loadConfiguration(), flags);
    });
