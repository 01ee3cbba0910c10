import { Command, InvalidArgumentError, Option } from 'commander';
import type { Measure } from '../../datasets/compare/comparison.ts';
import type { ReportFormat } from '../run-compare.ts';

interface CompareFlags {
  readonly column: string;
  readonly with?: string[];
  readonly gold?: string[];
  readonly goldId: string;
  readonly goldLabel?: string[];
  readonly otherLabels?: boolean;
  readonly as?: Measure;
  readonly embedding?: string[];
  readonly columns?: string[];
  readonly samples: number;
  readonly seed: number;
  readonly format?: ReportFormat;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly folder: string;
}

const names = (text: string) => text.split(',').map((name) => name.trim());
const each = (text: string, before: string[] = []) => [...before, text];

export const compareCommand = () =>
  new Command('compare')
    .description('compare a column of two versions, several columns of one, or a column with human labels')
    .argument('<versions...>', 'branch, @tag, branch~2, digest or its first digits; one or more')
    .requiredOption('--column <step.column>', 'what is compared, such as stance.label')
    .option('--with <step.column>', 'another column to compare it with; can be repeated', each)
    .option('--gold <file>', 'CSV file of human labels, one row a video; can be repeated', each)
    .option('--gold-id <column>', 'its column of ids', 'id')
    .option(
      '--gold-label <columns>',
      'its column of labels (default: "label"); several, by commas, for several people',
      names,
    )
    .option('--other-labels', 'compare human labels that the step was not given to choose from, too')
    .addOption(
      new Option('--as <kind>', 'what the column holds (default: what it is)').choices(['labels', 'text', 'numbers']),
    )
    .option('--embedding <step.column>', 'vectors of the texts: one column for all, or one for each, by commas', names)
    .option('--columns <names>', 'columns of the first version shown beside the rows that differ, by commas', names)
    .option('--samples <rows>', 'rows that differ in the report, as many of each kind of change', wholeNumber, 200)
    .option('--seed <number>', 'draws other rows', wholeNumber, 1)
    .addOption(
      new Option('--format <format>', 'of the report; printed when no file is named').choices([
        'html',
        'markdown',
        'json',
      ]),
    )
    .option('-o, --output <file>', 'write the report to a file; its ending says the format: .html, .md, .json')
    .option('--force', 'overwrite the file')
    .option('--folder <folder>', 'folder of a dataset.yaml', '.')
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      '\nTwo versions and one --with: the second column is that of the second version. The file of human labels may be a sheet\n' +
        'that gettok sample wrote and people filled in.\n\nExamples:\n' +
        '  gettok compare @v1.1.0 @v1.2.0 --column stance.label -o compare-stance.html\n' +
        '  gettok compare main --column stance.label --with stance2.label\n' +
        '  gettok compare main --column stance.label --gold labels.csv --format markdown',
    )
    .action(async (versions: string[], flags: CompareFlags) => {
      const { openProject } = await import('../open-project.ts');
      const { datasetName } = await import('../dataset-name.ts');
      const { runCompare } = await import('../run-compare.ts');
      const dataset = await datasetName(flags.folder);
      await using project = await openProject(['store']);
      const format = flags.json ? 'json' : flags.format;
      const request = {
        dataset,
        versions,
        column: flags.column,
        with: flags.with ?? [],
        embeddings: flags.embedding ?? [],
        gold: flags.gold ?? [],
        goldId: flags.goldId,
        goldLabels: flags.goldLabel ?? ['label'],
        otherLabels: flags.otherLabels ?? false,
        ...(flags.as && { measure: flags.as }),
        samples: flags.samples,
        seed: flags.seed,
        context: flags.columns ?? [],
      };
      const output = {
        ...(format && { format }),
        ...(flags.output !== undefined && { file: flags.output }),
        force: flags.force ?? false,
      };
      await runCompare(project, request, output, process.stdout);
    });

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}
