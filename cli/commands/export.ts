import { Command } from 'commander';

interface ExportFlags {
  readonly to: string;
  readonly at: string;
  readonly step?: string;
  readonly columns?: string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

export const exportCommand = () =>
  new Command('export')
    .description('write a version as one table, one row a video, sorted by id')
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .requiredOption(
      '--to <file>',
      'file to write; its ending says the format: .parquet, .arrow or .feather, .csv, .csv.gz, .jsonl, .jsonl.gz',
    )
    .option('--step <name>', 'the table of one step (default: all steps joined, columns step_column)')
    .option('--columns <names>', 'only these, separated by commas, in this order', (text) =>
      text.split(',').map((name) => name.trim()),
    )
    .option('--at <ref>', 'branch, tag, branch~2, digest or its first digits', 'main')
    .option('--force', 'overwrite the file')
    .option('--json', 'print {"file","version","rows"} when done')
    .addHelpText(
      'after',
      '\nParquet and Arrow (IPC, as Feather 2) keep every type. In JSON Lines 64-bit integers are text, since many programs round them as numbers. In CSV\n' +
        'lists are JSON, and text that a spreadsheet would run as a formula (it begins with = + - @ or a tab) gets an\n' +
        'apostrophe before it, also after apostrophes of its own; numbers stay as they are.\n\nExample:\n  gettok export --to peru.csv --columns id,stance.label --at v1.0.0',
    )
    .action(async (folder: string, flags: ExportFlags) => {
      const { openVersion } = await import('../open-version.ts');
      const { runExport } = await import('../run-export.ts');
      const version = await openVersion({ folder, at: flags.at });
      try {
        await runExport(version, flags, process.stdout);
      } finally {
        await version.close();
      }
    });
