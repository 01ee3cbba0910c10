import { Command } from 'commander';

export const workerCommand = () =>
  new Command('worker')
    .description('work on the runs of a project until stopped; any number may work side by side')
    .option('--queues <names>', 'comma-separated: main, media, ai, files', 'main,media,ai,files')
    .addHelpText(
      'after',
      '\nExample:\n  TEMPORAL_ADDRESS=temporal:7233 GETTOK_S3_ENDPOINT=http://minio:9000 gettok worker --queues ai',
    )
    .action(async ({ queues }: { queues: string }) => {
      const { runWorker } = await import('../run-worker.ts');
      await runWorker(queues.split(','));
    });
