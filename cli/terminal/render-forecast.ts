import type { Colours } from './colours.ts';
import type { Forecast, Range } from '../../datasets/plan/forecast.ts';
import type { CostForecast } from '../../datasets/plan/cost-forecast.ts';
import { formatCost, formatCount, plural, shortDigest } from './format-number.ts';
import { printable, renderTable } from './render-table.ts';

export interface ForecastHead {
  readonly dataset: string;
  readonly branch: string;
  readonly parent: string | null;
  /** The command that carries the plan out. */
  readonly command: string;
  readonly seconds: number;
}

/** What a run would do and cost, before it does. */
export function renderForecast(
  head: ForecastHead,
  forecast: Forecast,
  costs: CostForecast,
  { width, colours }: { readonly width: number; readonly colours: Colours },
): string {
  if (forecast.upToDate) return upToDate(head, forecast);
  const rows = forecast.steps.map((step) => {
    const cost = costs.steps.get(step.step);
    return [
      step.step,
      formatCount(step.rows),
      range(step.reuse),
      range(step.compute),
      printable(step.why.join(', ')),
      cost ? range(cost.calls) : '',
      cost && cost.inputTokens.high > 0 ? `${tokens(cost.inputTokens)} / ${tokens(cost.outputTokens)}` : '',
      cost ? costRange(cost.costNanoUsd) : '',
    ];
  });
  const paid = costs.steps.size > 0;
  const columns = [
    { title: 'step' },
    { title: 'rows', align: 'right' },
    { title: 'reuse', align: 'right' },
    { title: 'compute', align: 'right' },
    { title: 'why', shrinks: true },
    ...(paid
      ? ([
          { title: 'calls', align: 'right' },
          { title: 'tokens in/out', align: 'right' },
          { title: 'cost', align: 'right' },
        ] as const)
      : []),
  ] as const;
  const [titles, ...lines] = renderTable(
    columns,
    rows.map((row) => row.slice(0, columns.length)),
    width,
  ).split('\n');
  return [
    `Plan for ${head.dataset} on ${head.branch}, ${head.parent ? `from ${shortDigest(head.parent)}` : 'its first version'}`,
    '',
    colours.dim(titles ?? ''),
    ...lines,
    '',
    paid ? `  total ${colours.bold(costRange(costs.total))}` : '  no paid model call',
    ...costs.notes.map((note) => `  ${colours.dim(note)}`),
    '',
    `Run it:  ${colours.bold(head.command)}`,
  ].join('\n');
}

export const upToDate = ({ dataset, seconds }: ForecastHead, { steps, partitions }: Forecast): string =>
  `${dataset} is up to date: nothing to compute, no call to make (${plural(steps.length, 'step')}, ${plural(partitions, 'partition')}, decided in ${seconds.toFixed(1)} s).`;

const range = ({ low, high }: Range): string =>
  low === high ? formatCount(low) : `${formatCount(low)}–${formatCount(high)}`;

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const tokens = ({ low, high }: Range): string =>
  low === high ? short.format(low) : `${short.format(low)}–${short.format(high)}`;

const costRange = (cost: { readonly low: bigint; readonly high: bigint } | null): string => {
  if (cost === null) return 'unknown';
  return cost.low === cost.high ? formatCost(cost.low) : `${formatCost(cost.low)} – ${formatCost(cost.high)}`;
};
