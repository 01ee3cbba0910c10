import type { Json } from '../../manifests/canonical-json.ts';
import type { ConfigurationDiff } from '../../datasets/configuration-changes.ts';
import type { CauseCount, ColumnDiff, Moved, VersionDiff } from '../../datasets/diff/version-diff.ts';
import { formatCount, plural } from '../terminal/format-number.ts';

/** A value in words that are the same in every format; null for a value that is none. */
export function valueText(value: Json): string | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `model 3,902 · input (description.description) 16`. */
export const causesText = (causes: readonly CauseCount[]): string =>
  causes.map(({ cause, count }) => `${cause} ${formatCount(count)}`).join(' · ');

const signed = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4, signDisplay: 'exceptZero' });
export const signedText = (number: number): string => signed.format(number).replace('-', '−');

export const movedText = ({ mean, median, min, max }: Moved): string =>
  `new − old: mean ${signedText(mean)}, median ${signedText(median)}, from ${signedText(min)} to ${signedText(max)}`;

/** `12 removed (withdrawn)`, `3 added`, `43,685 in both`, `3,918 of them changed`. */
export function rowsTexts({ added, removed, in_both: inBoth, changed }: VersionDiff['rows']): string[] {
  const why = removed.causes.map(({ cause }) => cause).join(', ');
  return [
    `${formatCount(removed.rows)} removed${why === '' ? '' : ` (${why})`}`,
    `${formatCount(added.rows)} added`,
    `${formatCount(inBoth)} in both`,
    `${formatCount(changed)} of them changed`,
  ];
}

/** A part of a configuration as a person knows it: a prompt by the beginning of its digest, a model by its name. */
export function configurationText(value: Json): string {
  if (value === null) return 'default';
  if (typeof value !== 'object' || isList(value)) return valueText(value)!;
  const { prompt, provider, model, ...more } = value;
  if (typeof prompt === 'string') return prompt.slice('sha256:'.length, 'sha256:'.length + 8);
  if (typeof model !== 'string') return JSON.stringify(value);
  const rest = Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : '';
  return `${typeof provider !== 'string' || provider === 'openai' ? '' : `${provider} `}${model}${rest}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** `model` of a parameter called `model`, else `parameters (suffix)`. */
export const partText = ({ name, cause }: ConfigurationDiff): string =>
  cause === name || cause.startsWith('parameters') ? name : `${name} (${cause})`;

/** Columns without a change: a step by its name alone when all of its columns are. */
export function unchangedText(columns: readonly ColumnDiff[]): string[] {
  return [...Map.groupBy(columns, ({ step }) => step)].flatMap(([step, of]) => {
    const shown = of.filter(({ name }) => name !== 'status');
    const same = shown.filter(({ changed }) => changed === 0);
    if (of.every(({ changed }) => changed === 0) && shown.length > 1)
      return [`${step} (${plural(shown.length, 'column')})`];
    return same.map(({ column }) => column);
  });
}

/** How many of a column's changes are shown; null when all are. */
export function shownText({ column, changed, samples }: ColumnDiff): string | null {
  if (samples.length === changed) return null;
  return `${formatCount(samples.length)} of ${formatCount(changed)}; --column ${column} for all`;
}
