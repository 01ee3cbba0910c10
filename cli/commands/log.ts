import { Command } from 'commander';
import { parseCount } from '../run-flags.ts';

export const logCommand = () =>
  new Command('log')
    .description('list the versions of a branch, the newest first')
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .option('--at <version>', 'branch, @tag or digest to start from', 'main')
    .option('-n, --number <count>', 'how many at most', parseCount, 20)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExample:\n  gettok log examples/peru-2022 -n 5')
    .action(async (folder: string, flags: { at: string; number: number; json?: boolean }) => {
      const { openProject } = await import('../open-project.ts');
      const { datasetName } = await import('../dataset-name.ts');
      const { resolveVersion } = await import('../resolve-version.ts');
      const { history } = await import('../version-history.ts');
      const { listRefs } = await import('../../manifests/refs.ts');
      const { renderLog } = await import('../terminal/render-log.ts');
      const { coloursFor } = await import('../terminal/colours.ts');
      await using project = await openProject(['store']);
      const dataset = await datasetName(folder);
      const start = await resolveVersion(project.store, dataset, flags.at);
      const refs = {
        heads: await listRefs(project.store, dataset, 'heads'),
        tags: await listRefs(project.store, dataset, 'tags'),
      };
      let left = flags.number;
      for await (const entry of history(project.store, start)) {
        if (left-- <= 0) break;
        process.stdout.write(
          flags.json ? `${JSON.stringify(entry)}\n` : `${renderLog(entry, refs, coloursFor(process.stdout))}\n`,
        );
      }
    });
