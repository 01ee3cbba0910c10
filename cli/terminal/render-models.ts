import type { ModelTrial } from '../../activities/models/check/try-model.ts';
import type { Price } from '../../datasets/prices/price-table.ts';
import type { ListedModel } from '../listed-model.ts';
import type { Colours } from './colours.ts';
import { formatCost, formatCount } from './format-number.ts';
import { printable, renderTable } from './render-table.ts';

interface Style {
  readonly width: number;
  readonly colours: Colours;
}

/** `gettok models`: one line a model. */
export function renderModels(models: readonly ListedModel[], { width, colours: { dim, red } }: Style): string {
  const titles = ['model', 'asked for', 'made by', 'at', 'key', 'price', 'limits'];
  const rows = models.map((listed) => [
    listed.name,
    listed.steps.length === 0 ? dim('no step') : listed.steps.join(', '),
    printable(listed.model),
    placeOf(listed),
    listed.keys.map(({ variable, set }) => (set ? variable : red(`${variable} (not set)`))).join(', ') || dim('none'),
    priceText(listed),
    limitsOf(listed) || dim('none'),
  ]);
  return renderTable(
    titles.map((title) => ({ title, ...(title === 'at' && { shrinks: true }) })),
    rows,
    width,
  );
}

/** One model that was asked, with what came of it. */
export interface TriedModel {
  readonly listed: ListedModel;
  readonly trial: ModelTrial;
}

/** `gettok models check`: one line a model as `doctor` has them, and under one that doesn't work why, and what mends it. */
export function renderTrials(tried: readonly TriedModel[], { width, colours }: Style): string {
  const { green, red } = colours;
  const rows = tried.map(({ listed, trial }) => [
    trial.ok ? green('✔') : red('✘'),
    listed.name,
    asked(listed, trial),
    placeOf(listed),
    trial.ms === 0 ? '' : `${(trial.ms / 1000).toFixed(1)} s`,
    costText(trial),
    printable(trial.works.join(', ')),
  ]);
  const columns = rows[0]?.map((_, index) => ({ title: '', ...(index === 3 && { shrinks: true }) })) ?? [];
  const lines = renderTable(columns, rows, width).split('\n');
  return tried
    .flatMap(({ trial: { problem, mend } }, index) => [
      lines[index]!,
      ...[problem, mend].flatMap((text) => (text === null ? [] : [`      ${printable(text)}`])),
    ])
    .join('\n');
}

function asked({ model }: ListedModel, { answered, ok }: ModelTrial): string {
  if (answered === model || !ok) return printable(model);
  return `${printable(model)} → ${answered === null ? 'not stated' : printable(answered)}`;
}

function costText({ ok, costNanoUsd }: ModelTrial): string {
  if (costNanoUsd === null) return ok ? 'price unknown' : '';
  return ok || costNanoUsd > 0n ? formatCost(costNanoUsd) : '';
}

function placeOf({ provider, server }: ListedModel): string {
  if (provider === 'baseline') return 'this program';
  return provider === 'local' || server === null ? 'this machine' : server;
}

function priceText({ provider, price_usd: price }: ListedModel): string {
  if (provider !== 'openai') return '$0';
  if (price === null) return 'unknown';
  if (price.audioMinute !== null) return `$${price.audioMinute} a minute`;
  return `${dollars(price, 'input')} in, ${dollars(price, 'output')} out, a million`;
}

const dollars = (price: Price, of: 'input' | 'output') => (price[of] === null ? 'unknown' : `$${price[of]}`);

const limitsOf = ({ requests_per_minute: requests, tokens_per_minute: tokens }: ListedModel) =>
  [
    requests === null ? [] : `${formatCount(requests)} requests/min`,
    tokens === null ? [] : `${formatCount(tokens)} tokens/min`,
  ]
    .flat()
    .join(', ');
