import { formatCost, formatCount, formatDuration } from './format-number.ts';
import type { ByCode } from '../../workflows/messages.ts';
import type { StepWaits } from '../step-waits.ts';
import { renderWaits } from './render-waits.ts';

/** How far one step is, over all partitions. */
export interface StepProgressView {
  readonly step: string;
  readonly rows: number;
  readonly done: number;
  readonly computed: number;
  readonly reused: number;
  readonly skipped: ByCode;
  readonly failed: ByCode;
  readonly calls: number;
  readonly costNanoUsd: bigint;
  readonly waits: StepWaits;
  /** Of a source that asks an API: what this run has sent and found, and what the day has left. */
  readonly asking?: { readonly sent: number; readonly left: number | null; readonly rows: number } | undefined;
  /** Cells computed a second over the last seconds; null when not known. */
  readonly perSecond: number | null;
}

const BAR = 24;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

export function bar(done: number, rows: number, width = BAR): string {
  const eighths = rows === 0 ? width * 8 : Math.floor((done / rows) * width * 8);
  const full = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  return full + '·'.repeat(width - full.length);
}

/** One line a step: bar, counts, then what is worth knowing of it. `budget` is shown beside what the step has paid. */
export function progressLine(view: StepProgressView, nameWidth: number, budget: bigint | null = null): string {
  const { step, rows, done } = view;
  // Nobody knows yet how many rows there will be.
  const open = view.asking !== undefined && done >= rows;
  const counts = open ? '' : `${formatCount(done)}/${formatCount(rows)}`.padStart(formatCount(rows).length * 2 + 1);
  const shown = open ? bar(0, 1) : bar(done, rows);
  return `  ${step.padEnd(nameWidth)}  ${shown}  ${counts}   ${note(view, budget)}`.trimEnd();
}

/** The words behind the bar; also what is printed in a pipe. */
export function note(view: StepProgressView, budget: bigint | null = null): string {
  const { rows, done, computed, reused, perSecond } = view;
  const words: string[] = [];
  if (done < rows && perSecond !== null && perSecond > 0)
    words.push(`${perSecond.toFixed(1)}/s`, `${formatDuration((rows - done) / perSecond)} left`);
  else if (done > 0) {
    if (computed > 0) words.push(`${formatCount(computed)} new`);
    if (reused > 0) words.push(`${formatCount(reused)} reused`);
  }
  if (view.asking) {
    const { sent, left, rows: found } = view.asking;
    words.push(`${formatCount(found)} found`, `${formatCount(sent)} request${sent === 1 ? '' : 's'}`);
    if (left !== null) words.push(`${formatCount(left)} left today`);
  }
  words.push(...byCode(view.skipped, 'skipped'), ...byCode(view.failed, 'failed'));
  if (view.costNanoUsd > 0n)
    words.push(formatCost(view.costNanoUsd) + (budget === null ? '' : ` of ${formatCost(budget)}`));
  if (done < rows || view.asking) words.push(...renderWaits(view.waits));
  return words.join('   ');
}

const byCode = (counts: ByCode, word: string): string[] => {
  const codes = Object.entries(counts);
  if (codes.length === 0) return [];
  const rows = codes.reduce((sum, [, count]) => sum + count, 0);
  const named =
    codes.length === 1 ? codes[0]![0] : codes.map(([code, count]) => `${code} ${formatCount(count)}`).join(', ');
  return [`${formatCount(rows)} ${word} (${named})`];
};
