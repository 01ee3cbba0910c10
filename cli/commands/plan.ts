import { Command } from 'commander';
import { renderForecast } from '../terminal/render-forecast.ts';
import { coloursFor, widthOf } from '../terminal/colours.ts';
import { forecastJson } from '../forecast-json.ts';
import {
  batchOption,
  collect,
  collectRetry,
  maxFailuresOption,
  maxRequestsOption,
  maxUsdOption,
  refreshOption,
  runCommandLine,
  type RunFlags,
  startOption,
  toRunOptions,
} from '../run-flags.ts';

export const planCommand = () =>
  new Command('plan')
    .description('show what a run would compute, reuse and cost, before it does')
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .option('--branch <name>', 'branch the version would go to', 'main')
    .addOption(startOption())
    .option('--set <path=value>', 'override one value of the declaration', collect, [])
    .option('--retry <what>', 'ask again for failed cells: failed, or failed:<code>', collectRetry, [])
    .addOption(maxUsdOption())
    .addOption(maxFailuresOption())
    .addOption(batchOption())
    .addOption(maxRequestsOption())
    .addOption(refreshOption())
    .option('--rows <step>', 'list every row of one step with what becomes of it and why')
    .option('--json', 'print one JSON object; with --rows one a line')
    .addHelpText(
      'after',
      '\nExamples:\n  gettok plan --set models.gpt.model=gpt-4o-mini-2024-07-18\n  gettok plan --rows stance',
    )
    .action(async (folder: string, flags: RunFlags & { readonly rows?: string }) => {
      const started = performance.now();
      const { openProject } = await import('../open-project.ts');
      const { prepareRun } = await import('../prepare-run.ts');
      const { loadDataset } = await import('../load-dataset.ts');
      // A declaration that can't be used is told before any service starts.
      const dataset = await loadDataset(folder, flags.set);
      await using project = await openProject(['store', 'speech']);
      const { rows } = flags;
      const prepared = await prepareRun(project, dataset, toRunOptions(flags), { withIds: rows !== undefined });
      if (rows !== undefined) {
        const { listPlannedRows } = await import('../list-planned-rows.ts');
        await listPlannedRows(project, prepared, rows, flags.json === true);
        return;
      }
      const { promptChanges } = await import('../prompt-changes.ts');
      const [costs, prompts] = await Promise.all([prepared.costs(), promptChanges(prepared, project.blobs)]);
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(forecastJson({ ...prepared, costs, prompts }), null, 2)}\n`);
        return;
      }
      const { declaration, plan, start, forecast, asking } = prepared;
      const head = {
        dataset: declaration.dataset,
        branch: plan.branch,
        start,
        command: runCommandLine(folder, flags),
        batch: plan.batch,
        seconds: (performance.now() - started) / 1000,
      };
      const style = { width: widthOf(process.stdout), colours: coloursFor(process.stdout) };
      process.stdout.write(`${renderForecast(head, forecast, { costs, asking, prompts }, style)}\n`);
    });
