import { Command } from 'commander';

interface WhyFlags {
  readonly folder: string;
  readonly save?: string | true;
  readonly html?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export const whyCommand = () =>
  new Command('why')
    .description(
      'show where one value comes from: the prompt as sent, the raw answer, the inputs, the page or file of the row',
    )
    .argument('<id>', 'id of the row, such as that of a video')
    .argument('<column>', 'the value, as step.column')
    .argument('[version]', 'branch, @tag, branch~2, digest or its first digits', 'main')
    .option('--folder <folder>', 'folder of a dataset.yaml', '.')
    .option(
      '--save [folder]',
      'save prompt, images, request and raw answer as files (in why-<id> when no folder is named)',
    )
    .option('--html <file>', 'write a page that needs nothing else')
    .option('--force', 'overwrite files of --save and --html')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok why 7203311094526659846 stance.label @v1.0.0 --save')
    .action(async (id: string, column: string, at: string, flags: WhyFlags) => {
      const { openProject } = await import('../open-project.ts');
      const { datasetName } = await import('../dataset-name.ts');
      const { runWhy } = await import('../run-why.ts');
      await using project = await openProject(['store']);
      const dataset = await datasetName(flags.folder);
      await runWhy(project, { ...flags, dataset, id, column, at }, process.stdout);
    });
