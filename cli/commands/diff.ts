import { Command, InvalidArgumentError, Option } from 'commander';
import { collect } from '../run-flags.ts';

const FORMATS = ['text', 'json', 'markdown', 'html'] as const;

interface DiffFlags {
  readonly folder: string;
  readonly step: readonly string[];
  readonly column: readonly string[];
  readonly id: readonly string[];
  readonly samples?: number;
  readonly format: (typeof FORMATS)[number];
  readonly json?: boolean;
}

export const diffCommand = () =>
  new Command('diff')
    .description('compare two versions cell by cell: what changed, and because of what')
    .argument('<a>', 'the earlier version: branch, @tag, branch~2, digest or its first digits')
    .argument('[b]', 'the later version', 'main')
    .option('--folder <folder>', 'folder of a dataset.yaml', '.')
    .option('--step <name>', 'only this step; may be given several times', collect, [])
    .option(
      '--column <step.column>',
      'only this column, with all changed cells; may be given several times',
      collect,
      [],
    )
    .option('--id <id>', 'only this row; may be given several times', collect, [])
    .option('--samples <count>', 'changed cells to show of each column, or all (default: a few)', sampleCount)
    .addOption(new Option('--format <format>', 'how to print it').choices(FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      '\nA version of another dataset in the bucket is dataset@version.\n' +
        '\nExamples:\n  gettok diff main~1 main\n  gettok diff v1.1.0 v1.2.0 --column stance.label\n' +
        '  gettok diff v1.1.0 v1.2.0 --format html > diff.html',
    )
    .action(async (a: string, b: string, flags: DiffFlags) => {
      const { openProject } = await import('../open-project.ts');
      const { runDiff } = await import('../diff/run-diff.ts');
      await using project = await openProject(['store']);
      const { step, column, id, samples } = flags;
      const isNarrow = column.length + id.length > 0;
      const scope = {
        steps: step.length > 0 ? step : null,
        columns: column.length > 0 ? column : null,
        ids: id.length > 0 ? id : null,
        samples: samples === undefined ? (isNarrow ? null : ('few' as const)) : samples === Infinity ? null : samples,
      };
      const format = flags.json ? 'json' : flags.format;
      await runDiff(project, { folder: flags.folder, a, b, scope, format }, process.stdout);
    });

function sampleCount(text: string): number {
  if (text === 'all') return Infinity;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a number such as 20, or all.');
  return Number(text);
}
