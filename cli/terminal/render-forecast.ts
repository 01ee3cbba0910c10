import { asBatch, type CostForecast, type KnownCost, type StepCost } from '../../datasets/plan/cost-forecast.ts';
import type { Forecast, StepForecast } from '../../datasets/plan/forecast.ts';
import type { ConfigurationDiff } from '../../datasets/configuration-changes.ts';
import type { BranchStart } from '../start-branch.ts';
import type { CollectForecast } from '../collect-forecast.ts';
import type { Colours } from './colours.ts';
import type { PromptChange } from '../prompt-changes.ts';
import { renderConfiguration } from './render-configuration.ts';
import { renderPromptChanges } from './render-prompt-changes.ts';
import { renderAsking } from './render-asking.ts';
import { formatCount, plural, shortDigest } from './format-number.ts';
import { formatCostRange, formatRange, formatShortRange } from './format-range.ts';
import { displayWidth, printable, renderTable, type TableColumn } from './render-table.ts';

export interface ForecastHead {
  readonly dataset: string;
  readonly branch: string;
  readonly start: BranchStart | null;
  /** The command that carries the plan out. */
  readonly command: string;
  readonly seconds: number;
  /** What can be asked in batches is. */
  readonly batch: boolean;
}

export interface PlanContext {
  readonly costs: CostForecast;
  readonly asking: readonly CollectForecast[];
  /** How prompts differ from those of the parent version. */
  readonly prompts?: readonly PromptChange[];
}

/** What a run would do and cost, before it does. */
export function renderForecast(
  head: ForecastHead,
  forecast: Forecast,
  { costs, asking, prompts = [] }: PlanContext,
  { width, colours }: { readonly width: number; readonly colours: Colours },
): string {
  if (forecast.upToDate) return upToDate(head, forecast);
  // A prompt that is shown line by line needs no digests.
  const isShown = (change: ConfigurationDiff) =>
    prompts.some(({ step, parameter }) => step === change.step && parameter === change.name);
  const changes = forecast.configuration.filter((change) => !isShown(change));
  const [titles, ...lines] = stepTable(forecast, costs, { width, batch: head.batch });
  return [
    `Plan for ${head.dataset} on ${head.branch}, ${startWords(head.start)}${head.batch ? ', in batches' : ''}`,
    '',
    colours.dim(titles ?? ''),
    ...lines,
    '',
    ...totals(costs, head.batch, Math.max(...[titles ?? '', ...lines].map(displayWidth)), colours),
    ...asking.map((each) => `  ${renderAsking(each)}`),
    ...(forecast.removed > 0 ? [`  ${plural(forecast.removed, 'row')} of the parent no longer there`] : []),
    ...(forecast.removedSteps.length > 0
      ? [`  no longer declared, and not in the next version: ${forecast.removedSteps.map(printable).join(', ')}`]
      : []),
    ...costs.notes.map((note) => `  ${colours.dim(note)}`),
    ...(changes.length > 0 ? ['', ...renderConfiguration(changes, width)] : []),
    ...renderPromptChanges(prompts, colours),
    '',
    `Run it:  ${colours.bold(head.command)}`,
  ].join('\n');
}

function startWords(start: BranchStart | null): string {
  if (start === null) return 'its first version';
  if (start.from === null) return `from ${shortDigest(start.version)}`;
  return `a new branch from ${shortDigest(start.version)} (${printable(start.from)})`;
}

export const upToDate = ({ dataset, seconds }: ForecastHead, { steps, partitions }: Forecast): string =>
  `${dataset} is up to date: nothing to compute, no call to make (${plural(steps.length, 'step')}, ${plural(partitions, 'partition')}, decided in ${seconds.toFixed(1)} s).`;

interface ForecastColumn extends TableColumn {
  readonly cell: (step: StepForecast, cost: StepCost | undefined, batch: boolean) => string;
  /** Left out on a terminal that is too narrow, since the other columns imply it. */
  readonly implied?: boolean;
}

/** Each with its rows where there are several: with those that are reused they sum up to the rows of the step. */
function reasonsOf({ why, reasons }: StepForecast): string {
  const computed = reasons.filter((reason) => why.includes(reason.why));
  if (computed.length < 2) return why.join(', ');
  return computed.map((reason) => `${reason.why} ${formatCount(reason.rows)}`).join(', ');
}

/** Marks a number that may well be larger. */
const more = (open: boolean | undefined) => (open === true ? '+' : '');

const COLUMNS: readonly ForecastColumn[] = [
  { title: 'step', cell: ({ step }) => step },
  { title: 'rows', align: 'right', implied: true, cell: ({ rows, open }) => formatCount(rows) + more(open) },
  { title: 'reuse', align: 'right', implied: true, cell: ({ reuse }) => formatRange(reuse) },
  { title: 'compute', align: 'right', cell: ({ compute, open }) => formatRange(compute) + more(open) },
  { title: 'why', shrinks: true, cell: (step) => printable(reasonsOf(step)) },
];
const PAID_COLUMNS: readonly ForecastColumn[] = [
  { title: 'calls', align: 'right', cell: (_step, cost) => (cost ? formatRange(cost.calls) : '') },
  { title: 'tokens in/out', align: 'right', cell: (_step, cost) => (cost ? usage(cost) : '') },
  {
    title: 'cost',
    align: 'right',
    cell: (_step, cost, batch) => (cost ? formatCostRange(batch ? asBatch(cost) : cost.costNanoUsd) : ''),
  },
];

/** Room in which a reason can still be told from another. */
const SHORTEST_WHY = 22;

/** The lines of the table. Where it is too wide, `reuse` goes, and then `rows`, before `why` gets too short to read. */
function stepTable(
  { steps }: Forecast,
  costs: CostForecast,
  { width, batch }: { readonly width: number; readonly batch: boolean },
): string[] {
  const columns = costs.steps.size > 0 ? [...COLUMNS, ...PAID_COLUMNS] : [...COLUMNS];
  const cellsOf = ({ title, cell }: ForecastColumn) => [
    title,
    ...steps.map((step) => cell(step, costs.steps.get(step.step), batch)),
  ];
  const widthOf = (column: ForecastColumn) => Math.max(...cellsOf(column).map(displayWidth));
  const needs = (column: ForecastColumn) =>
    2 + (column.shrinks ? Math.min(SHORTEST_WHY, widthOf(column)) : widthOf(column));
  while (columns.reduce((sum, column) => sum + needs(column), 0) > width) {
    const implied = columns.findLastIndex((column) => column.implied);
    if (implied < 0) break;
    columns.splice(implied, 1);
  }
  const rows = steps.map((step) => columns.map(({ cell }) => cell(step, costs.steps.get(step.step), batch)));
  return renderTable(columns, rows, width).split('\n');
}

/** Tokens, or the length of the sound where that is what is paid for. */
function usage({ inputTokens, outputTokens, audioSeconds }: StepCost): string {
  if (audioSeconds !== null) {
    const { low, high } = audioSeconds;
    return `${formatShortRange({ low: low / 60, high: high / 60 })} min`;
  }
  if (inputTokens === null || outputTokens === null) return 'unknown';
  return `${formatShortRange(inputTokens)} / ${formatShortRange(outputTokens)}`;
}

/** The sums stand under the costs that they sum up. */
function totals(
  { steps, known, batchKnown, unknown, open }: CostForecast,
  batch: boolean,
  width: number,
  { bold, dim }: Colours,
): string[] {
  if (steps.size === 0)
    return [open.length === 0 ? '  no paid model call' : `  cost not known before the rows are: ${open.join(', ')}`];
  const somePriced = unknown.length < steps.size;
  const missing =
    unknown.length > 0 ? `unknown price of ${unknown.join(', ')}` : open.length > 0 ? 'rows not known yet' : null;
  const sum = (cost: KnownCost) => [...(somePriced ? [formatCostRange(cost)] : []), ...(missing ? [missing] : [])];
  const line = (name: string, cost: KnownCost) => [name, sum(cost).join(' + ')] as const;
  const batched = [...steps.values()].some((step) => step.batch && step.costNanoUsd !== null);
  const lines = batch
    ? [line('total', batchKnown), ...(batched ? [line('without --batch', known)] : [])]
    : [line('total', known), ...(batched ? [line('as batch', batchKnown)] : [])];
  const longest = Math.max(...lines.map(([, amount]) => displayWidth(amount)));
  return lines.map(([name, amount], index) => {
    const shown = amount.padStart(longest);
    const space = ' '.repeat(Math.max(2, width - longest - name.length - 2));
    return `${space}${name}  ${index === 0 ? bold(shown) : dim(shown)}`;
  });
}
