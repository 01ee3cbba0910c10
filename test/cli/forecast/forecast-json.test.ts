import { afterAll, beforeAll, expect, it } from 'vitest';
import { forecastJson } from '../../../cli/forecast-json.ts';
import { declaration, PricedVersion } from './priced-version.ts';

let version: PricedVersion;
beforeAll(async () => {
  version = await PricedVersion.start();
});
afterAll(() => version[Symbol.asyncDispose]());

it('prints ranges of calls, tokens, minutes and dollars, and null for what is unknown', async () => {
  const own = ', base_url: "http://localhost:8000/v1"';
  await version.write('dataset.yaml', declaration({ model: 'qwen', rest: own }).replace('DETAIL', 'low'));
  await version.write('stance.md', '{{video.caption}}');
  await version.write('rows.jsonl', '{"id":"1","caption":"x"}\n');
  const { plan, forecast, costs } = await version.costs();
  const printed = forecastJson({
    declaration: { dataset: 'priced' } as Parameters<typeof forecastJson>[0]['declaration'],
    plan,
    parent: null,
    forecast,
    costs,
    asking: [],
  });
  expect(printed).toMatchObject({ cost_usd: null, batch_cost_usd: null, unknown_prices: ['stance'] });
  const step = (name: string) => printed.steps.find((each) => each.step === name);
  const common = { rows: 60, reuse: { low: 0, high: 0 }, compute: { low: 60, high: 60 }, why: ['first version'] };
  const reasons = [{ why: 'first version', rows: 60, compute: { low: 60, high: 60 } }];
  expect(step('frames')).toEqual({ step: 'frames', kind: 'media/frames', ...common, reasons });
  expect(step('transcript')).toEqual({
    step: 'transcript',
    kind: 'ai/transcribe',
    reasons,
    ...common,
    calls: { low: 60, high: 60 },
    input_tokens: null,
    output_tokens: null,
    audio_minutes: { low: 3, high: 600 },
    cost_usd: { low: 0.018, high: 3.6 },
    batch_cost_usd: { low: 0.018, high: 3.6 },
  });
  expect(step('stance')).toEqual({
    step: 'stance',
    kind: 'ai/classify',
    reasons,
    ...common,
    calls: { low: 60, high: 60 },
    input_tokens: { low: expect.any(Number), high: expect.any(Number) },
    output_tokens: { low: 1200, high: 61_440 },
    audio_minutes: null,
    cost_usd: null,
    batch_cost_usd: null,
  });
});
