import { Command } from 'commander';

export const statusCommand = () =>
  new Command('status')
    .description('show the runs at work and how far they are')
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .option('--branch <name>', 'branch of the run', 'main')
    .option('--watch', 'follow the run until it ends; Ctrl-C leaves it going')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok status --watch')
    .action(async (folder: string, flags: { branch: string; watch?: boolean; json?: boolean }) => {
      const { openProject } = await import('../open-project.ts');
      const { showStatus } = await import('../show-status.ts');
      await using project = await openProject(['store', 'temporal', 'worker']);
      await showStatus(project, folder, flags);
    });
