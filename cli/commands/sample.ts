import { Command, InvalidArgumentError } from 'commander';

interface SampleFlags {
  readonly size: number;
  readonly stratify?: string;
  readonly blind?: boolean;
  readonly equal?: boolean;
  readonly allRows?: boolean;
  readonly columns: string[];
  readonly output: string;
  readonly seed: number;
  readonly force?: boolean;
  readonly folder: string;
  readonly json?: boolean;
}

export const sampleCommand = () =>
  new Command('sample')
    .description('write a sheet of randomly drawn rows for people to code by hand; compare reads it back')
    .argument('[version]', 'branch, @tag, branch~2, digest or its first digits', 'main')
    .requiredOption('--columns <names>', 'what a coder reads, such as video.video_description, by commas', (text) =>
      text.split(',').map((name) => name.trim()),
    )
    .requiredOption('-o, --output <file>', 'CSV file to write')
    .option('--size <rows>', 'how many rows', wholeNumber, 200)
    .option('--stratify <step.column>', 'draw by its values, each in proportion and at least once')
    .option('--equal', 'draw as many of each value, for rare ones; figures over all rows then need weights')
    .option('--blind', "without the stratifying step's answers or anything made of them")
    .option('--all-rows', "of a pilot's version also rows that the pilot left out")
    .option('--seed <number>', 'draws other rows; the same seed draws the same ones', wholeNumber, 1)
    .option('--force', 'overwrite the file')
    .option('--folder <folder>', 'folder of a dataset.yaml', '.')
    .option('--json', 'print {"file","version","rows","seed","strata","left_out"} when done')
    .addHelpText(
      'after',
      '\nThe sheet has the columns id, those asked for, label and note; fill in label. The rows are in random order. Ids that a\n' +
        'spreadsheet would round, and text that it would run as a formula, have an apostrophe before them: leave it there.\n\n' +
        'Example:\n  gettok sample main --size 200 --stratify stance.label --blind \\\n' +
        '    --columns video.video_description,transcript.text -o sheet.csv',
    )
    .action(async (at: string, flags: SampleFlags) => {
      const { openProject } = await import('../open-project.ts');
      const { datasetName } = await import('../dataset-name.ts');
      const { runSample } = await import('../run-sample.ts');
      const dataset = await datasetName(flags.folder);
      await using project = await openProject(['store']);
      const options = {
        dataset,
        at,
        size: flags.size,
        ...(flags.stratify !== undefined && { stratify: flags.stratify }),
        blind: flags.blind ?? false,
        allocation: flags.equal ? ('equal' as const) : ('proportional' as const),
        columns: flags.columns,
        allRows: flags.allRows ?? false,
        seed: flags.seed,
        file: flags.output,
        force: flags.force ?? false,
        json: flags.json ?? false,
      };
      await runSample(project, options, process.stdout);
    });

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}
