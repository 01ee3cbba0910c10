import { expect, it } from 'vitest';
import { canonicalJson, type Json } from '../../../manifests/canonical-json.ts';
import { planIdentity, type RunLimits, type RunPlan } from '../../../datasets/plan/run-plan.ts';

const NONE: RunLimits = { maxNanoUsd: null, maxFailures: null, batch: false, maxRequests: null };
const identity = (more: Partial<RunPlan>) =>
  canonicalJson(planIdentity({ dataset: 'd', steps: [], ...NONE, ...more } as unknown as RunPlan) as unknown as Json);

it('takes two plans for the same whoever started them, when and with which words', () => {
  const first = identity({ run: 'r-1', by: 'Ada', message: 'first', startedAt: '1' });
  expect(identity({ run: 'r-2', by: null, message: null, startedAt: '2' })).toBe(first);
});

it('takes a plan with other limits for another', () => {
  const all = [
    {},
    { maxNanoUsd: '1' },
    { maxNanoUsd: '2' },
    { maxFailures: { share: 0.05 } },
    { maxFailures: { rows: 5 } },
    { batch: true },
    { maxRequests: 1 },
  ].map(identity);
  expect(new Set(all).size).toBe(all.length);
});
