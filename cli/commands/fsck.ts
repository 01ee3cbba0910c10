import { Command } from 'commander';

export const fsckCommand = () =>
  new Command('fsck')
    .description("look for damage in the project's bucket, and say which versions suffer and what mends them")
    .option('--dataset <name>', 'only what the branches and tags of this dataset lead to')
    .option('--full', 'read every object and prove every digest and Merkle root, not only that it is there')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok fsck --full')
    .action(async (flags: { dataset?: string; full?: boolean; json?: boolean }) => {
      const { openProject } = await import('../open-project.ts');
      const { checkBucket } = await import('../check-bucket.ts');
      await using project = await openProject(['store']);
      const { dataset = null, full = false, json = false } = flags;
      const whole = await checkBucket(project, { dataset, full, json });
      if (!whole) process.exitCode = 1;
    });
