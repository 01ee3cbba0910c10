import { Command } from 'commander';

export const cancelCommand = () =>
  new Command('cancel')
    .description('stop the run of a branch; what it computed is kept and reused by the next')
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .option('--branch <name>', 'branch of the run', 'main')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok cancel --branch pilot')
    .action(async (folder: string, flags: { branch: string; json?: boolean }) => {
      const { openProject } = await import('../open-project.ts');
      const { cancelRun } = await import('../cancel-run.ts');
      await using project = await openProject(['store', 'temporal', 'worker']);
      await cancelRun(project, folder, flags);
    });
