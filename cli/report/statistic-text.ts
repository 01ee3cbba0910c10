import { NOT_SAMPLED } from '../../datasets/cell.ts';
import type { CohenKappa } from '../../datasets/compare/cohen-kappa.ts';
import type { Comparison, SideRows } from '../../datasets/compare/comparison.ts';
import type { Correlation } from '../../datasets/compare/numeric-agreement.ts';
import { WHY_UNDEFINED, type WhyUndefined } from '../../datasets/compare/undefined-statistic.ts';
import { rowsOf } from '../../datasets/status-counts.ts';

/** 0.9104 → `91.0 %`; null is a dash. */
export const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

/** 0.8412 → `0.84`; -0.001 → `0.00`; null is a dash. */
export function decimals(value: number | null, digits = 2): string {
  if (value === null) return '–';
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** A number of any size with as many digits as tell something. */
export function measured(value: number | null): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  if (size >= 1e9 || (size > 0 && size < 1e-3)) return value.toPrecision(3);
  return value.toLocaleString('en-US', { maximumFractionDigits: size >= 100 ? 1 : 3 });
}

export const undefinedText = (why: WhyUndefined): string => `undefined: ${WHY_UNDEFINED[why]}`;

/** `0.84 [0.83, 0.85]`, or why there is none. */
export const kappaText = (kappa: CohenKappa): string =>
  kappa.kappa === null
    ? undefinedText(kappa.why)
    : `${decimals(kappa.kappa)} [${decimals(kappa.low)}, ${decimals(kappa.high)}]`;

export const correlationText = (correlation: Correlation): string =>
  correlation.value === null ? undefinedText(correlation.why) : decimals(correlation.value);

export const alphaText = (alpha: NonNullable<Comparison['alpha']>): string =>
  alpha.alpha === null ? undefinedText(alpha.why) : decimals(alpha.alpha);

/** Where the asymptotic standard error says little. */
export const FEW_ROWS = 30;

export const refusedRows = ({ failed }: SideRows): number => failed['refused'] ?? 0;
/** Rows that were asked about: what a pilot left out is in no rate. */
export const askedRows = ({ rows, skipped }: SideRows): number => rows - (skipped[NOT_SAMPLED] ?? 0);
export const failedRows = ({ failed }: SideRows): number => rowsOf(failed);
export const skippedRows = ({ skipped }: SideRows): number => rowsOf(skipped);

/** `0.12 [0.05, 0.20]`: median and quartiles. */
export const quartilesText = (
  of: { readonly quartiles: readonly [number, number, number] } | null,
  show = decimals,
): string => (of === null ? '–' : `${show(of.quartiles[1])} [${show(of.quartiles[0])}, ${show(of.quartiles[2])}]`);

/** `openai gpt-4o → gpt-4o-2024-11-20` is the model that answered, or, where that isn't stated, the one asked. */
export function modelName(label: string): string {
  const [, , asked, answered] = /^(\S+) (.*) → (.*)$/.exec(label) ?? [];
  if (asked === undefined || answered === undefined) return label;
  return answered === 'not stated' ? asked : answered;
}
