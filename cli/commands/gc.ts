import { Command, Option } from 'commander';
import { parseAge } from '../age.ts';

export const gcCommand = () =>
  new Command('gc')
    .description("remove from the project's bucket what no branch or tag of any dataset leads to")
    .addOption(
      new Option('--older-than <age>', 'only what is older, such as 14d or 36h')
        .argParser(parseAge)
        .default(parseAge('14d'), '14d'),
    )
    .option('--dry-run', 'list what would be removed, and remove nothing')
    .option('--journal', 'remove also answers that were paid for and are in no version')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok gc --dry-run')
    .action(async (flags: { olderThan: number; dryRun?: boolean; journal?: boolean; json?: boolean }) => {
      const { openProject } = await import('../open-project.ts');
      const { collectGarbage } = await import('../collect-garbage.ts');
      await using project = await openProject(['store', 'temporal']);
      await collectGarbage(project, flags);
    });
