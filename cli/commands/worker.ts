import { Command } from 'commander';

export const workerCommand = () =>
  new Command('worker')
    .description('work on the runs of a project until stopped; any number may work side by side')
    .option('--queues <names>', 'comma-separated: main, media, ai, files', 'main,media,ai,files')
    .option('--share <number>', "part of the models' limits that this worker uses, above 0, at most 1 (default: 1)")
    .addHelpText(
      'after',
      '\nExample:\n  TEMPORAL_ADDRESS=temporal:7233 GETTOK_S3_ENDPOINT=http://minio:9000 gettok worker --queues ai --share 0.5',
    )
    .action(async ({ queues, share }: { queues: string; share?: string }) => {
      const { runWorker } = await import('../run-worker.ts');
      await runWorker(queues.split(','), share === undefined ? {} : { share });
    });
