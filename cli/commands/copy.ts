import { Command } from 'commander';

export const copyCommand = () =>
  new Command('copy')
    .description('copy a dataset with its whole history to another bucket, such as that of a cluster')
    .argument('[dataset]', 'folder of a dataset.yaml, or the name of a dataset', '.')
    .option('--from', 'from the other bucket into this project instead')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nThe other bucket is in GETTOK_COPY_S3_ENDPOINT, GETTOK_COPY_S3_BUCKET, GETTOK_COPY_S3_ACCESS_KEY\nand GETTOK_COPY_S3_SECRET_KEY. Begun again, it sends what is missing.\n\nExample:\n  gettok copy examples/peru-2022',
    )
    .action(async (argument: string, flags: { from?: boolean; json?: boolean }) => {
      const { openProject } = await import('../open-project.ts');
      const { folderOrDataset } = await import('../dataset-name.ts');
      const { copyToOtherBucket } = await import('../copy-dataset.ts');
      const dataset = await folderOrDataset(argument);
      await using project = await openProject(['store']);
      const same = await copyToOtherBucket(project, dataset, flags);
      if (!same) process.exitCode = 1;
    });
