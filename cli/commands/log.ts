import { Command } from 'commander';
import { parseCount } from '../run-flags.ts';

interface LogFlags {
  readonly at?: string;
  readonly all?: boolean;
  readonly number: number;
  readonly json?: boolean;
}

export const logCommand = () =>
  new Command('log')
    .description('show the versions of a branch as a graph, the newest first: names, messages, what each changed')
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .option('--at <version>', 'branch, @tag or digest to start from (default: main)')
    .option('--all', 'the versions of all branches and tags')
    .option('-n, --number <count>', 'how many at most', parseCount, 20)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExample:\n  gettok log examples/peru-2022 --all -n 50')
    .action(async (folder: string, { at, all, number, json }: LogFlags, command: Command) => {
      if (all && at !== undefined) command.error('error: --all starts everywhere: leave --at out', { exitCode: 2 });
      const { openProject } = await import('../open-project.ts');
      const { datasetName } = await import('../dataset-name.ts');
      const { resolveVersion } = await import('../resolve-version.ts');
      const { readLog } = await import('../../datasets/log/read-log.ts');
      const { listRefs } = await import('../../manifests/refs.ts');
      const { renderLog } = await import('../terminal/render-log.ts');
      const { logJson } = await import('../log-json.ts');
      const { coloursFor } = await import('../terminal/colours.ts');
      await using project = await openProject(['store']);
      const { store } = project;
      const dataset = await datasetName(folder);
      const [heads, tags] = await Promise.all([listRefs(store, dataset, 'heads'), listRefs(store, dataset, 'tags')]);
      const refs = { heads, tags };
      const named = [...heads.values(), ...tags.values()].map(({ manifest }) => manifest);
      const starts =
        all && named.length > 0 ? [...new Set(named)] : [(await resolveVersion(store, dataset, at ?? 'main')).version];
      const entries = await readLog(store, dataset, starts, number);
      process.stdout.write(
        json
          ? entries.map((entry) => `${JSON.stringify(logJson(entry, refs))}\n`).join('')
          : `${renderLog(entries, refs, coloursFor(process.stdout))}\n`,
      );
    });
