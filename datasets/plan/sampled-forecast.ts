import type { StepForecast } from './forecast.ts';
import type { ForecastReason } from './step-reasons.ts';
import type { PlannedSample } from './run-plan.ts';

const NOTHING = { low: 0, high: 0 };

/**
 * What is left of a step's work in a pilot. Which rows are in the sample is known, which of them would be computed only
 * where one reason is that of all rows: else their number has bounds.
 */
export function sampledForecast(whole: StepForecast, sample: PlannedSample): StepForecast {
  if (whole.source) return whole;
  // The same sample leaves out what it left out before.
  const isOut = ({ why, compute }: ForecastReason) =>
    why === 'new row' || (why === 'not sampled' && compute.high === 0);
  const reused = whole.reasons.filter(({ why }) => why === 'reused');
  const work = whole.reasons.filter((reason) => !reused.includes(reason) && !isOut(reason));
  const left = sum(whole.reasons.filter(isOut));
  const there = whole.rows - sum(whole.reasons.filter(({ why }) => why === 'new row'));
  const touched = sum(work);
  const asked = Math.min(sample.rows, touched);
  const certain = work.reduce((rows, { compute }) => rows + compute.low, 0);
  const possible = work.reduce((rows, { compute }) => rows + compute.high, 0);
  const compute = { low: Math.max(0, sample.rows + certain - there), high: Math.min(asked, possible) };
  const why = work.map((reason) => reason.why);
  const outside = left + touched - asked;
  const reasons: ForecastReason[] = [
    ...(asked > 0 ? [{ why: why.join(' or '), rows: asked, compute }] : []),
    ...(outside > 0 ? [{ why: 'not sampled', rows: outside, compute: NOTHING }] : []),
    ...reused,
  ];
  const rest = whole.rows - outside;
  return {
    ...whole,
    reasons,
    why: asked > 0 ? [why.join(' or ')] : [],
    compute,
    reuse: { low: rest - compute.high, high: rest - compute.low },
  };
}

const sum = (reasons: readonly ForecastReason[]): number => reasons.reduce((rows, reason) => rows + reason.rows, 0);
