import { Command } from 'commander';

export const downCommand = () =>
  new Command('down')
    .description('stop the services of this project; a run goes on when they are started again')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok down')
    .action(async (flags: { json?: boolean }) => {
      const { loadConfiguration } = await import('../configuration.ts');
      const { stopServices } = await import('../services/stop-services.ts');
      const { project } = await loadConfiguration();
      const stopped = await stopServices(project.value);
      const text = stopped ? 'The services have stopped; their data stays in .gettok/.' : 'No service was running.';
      process.stdout.write(`${flags.json ? JSON.stringify({ stopped }) : text}\n`);
    });
