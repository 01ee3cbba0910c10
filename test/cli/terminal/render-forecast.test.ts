import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderForecast } from '../../../cli/terminal/render-forecast.ts';
import { displayWidth } from '../../../cli/terminal/render-table.ts';
import { type CostForecast, forecastCosts, type StepUsage } from '../../../datasets/plan/cost-forecast.ts';
import type { Forecast } from '../../../datasets/plan/forecast.ts';
import type { RunPlan } from '../../../datasets/plan/run-plan.ts';
import { type Digest, sha256 } from '../../../manifests/digest.ts';
import type { Model } from '../../../datasets/step-kind.ts';

const colours = pc.createColors(false);
const version: Digest = `sha256:7f3a91c2${'0'.repeat(56)}`;
const HEAD = {
  dataset: 'peru-2022',
  branch: 'main',
  start: { version, from: null },
  command: 'gettok run',
  seconds: 0.3,
  batch: false,
};

const step = (name: string, compute: { low: number; high: number }, why: readonly string[] = []) => ({
  step: name,
  kind: 'k',
  source: false,
  rows: 43_697,
  compute,
  changes: compute.high > 0,
  reuse: { low: 43_697 - compute.high, high: 43_697 - compute.low },
  why,
  reasons: why.map((each) => ({ why: each, rows: compute.high, compute })),
});
const NOTHING = { low: 0, high: 0 };
const ALL = { low: 43_697, high: 43_697 };
const FORECAST: Forecast = {
  steps: [
    step('video', NOTHING),
    step('transcript', ALL, ['parameters (language)']),
    step('description', { low: 42_493, high: 42_493 }, ['model + prompt']),
    step('stance', { low: 0, high: 43_697 }, ['depends on (description, transcript)']),
  ],
  configuration: [],
  partitions: 102,
  removed: 0,
  removedSteps: [],
  upToDate: false,
};

const GPT: Model = { name: 'gpt', provider: 'openai', model: 'gpt-4o-2024-11-20' };
const WHISPER: Model = { name: 'whisper', provider: 'openai', model: 'whisper-1' };
const chat: StepUsage = {
  calls: { low: 42_493, high: 42_493 },
  inputTokens: { low: 61_200_000, high: 62_100_000 },
  cachedTokens: 0,
  outputTokens: { low: 6_800_000, high: 7_900_000 },
  audioSeconds: null,
  batch: true,
};
const USAGE: Record<string, StepUsage> = {
  transcript: {
    calls: ALL,
    inputTokens: null,
    cachedTokens: 0,
    outputTokens: null,
    audioSeconds: { low: 1_310_910, high: 1_310_910 },
    batch: false,
  },
  description: chat,
  stance: {
    ...chat,
    calls: { low: 0, high: 43_697 },
    inputTokens: { low: 0, high: 104_000_000 },
    outputTokens: { low: 0, high: 44_700_000 },
  },
};

const costs = (stance: Model): Promise<CostForecast> => {
  const models: Record<string, Model> = { transcript: WHISPER, description: GPT, stance };
  const steps = FORECAST.steps.map(({ step: name }) => ({
    name,
    params: name in models ? { model: models[name] } : {},
  }));
  return forecastCosts({ steps } as unknown as RunPlan, FORECAST, async ({ name }) => USAGE[name]!);
};

const rendered = async (width: number, stance = GPT) =>
  renderForecast(HEAD, FORECAST, { costs: await costs(stance), asking: [] }, { width, colours }).split('\n');

describe('a plan', () => {
  it('shows calls, tokens or minutes and cost of each step, and their sums under them', async () => {
    expect(await rendered(160)).toEqual([
      'Plan for peru-2022 on main, from sha256:7f3a91c2',
      '',
      '  step           rows     reuse   compute  why                                      calls            tokens in/out              cost',
      '  video        43,697    43,697         0',
      '  transcript   43,697         0    43,697  parameters (language)                   43,697                21.8K min           $131.09',
      '  description  43,697     1,204    42,493  model + prompt                          42,493  61.2M–62.1M / 6.8M–7.9M  $221.00 – 234.25',
      '  stance       43,697  0–43,697  0–43,697  depends on (description, transcript)  0–43,697         0–104M / 0–44.7M    $0.00 – 707.00',
      '',
      '                                                                                                           total  $352.09 – 1,072.34',
      '                                                                                                        as batch    $241.59 – 601.72',
      '',
      'Run it:  gettok run',
    ]);
  });

  it('shows under the sums what parameters were and are, and prompts line by line', async () => {
    const [old, now] = [{ prompt: sha256('a') }, { prompt: sha256('b') }];
    const model = (name: string) => ({ provider: 'openai', model: name });
    const configuration = [
      { step: 'transcript', cause: 'parameters (language)', name: 'language', old: null, new: 'es' },
      {
        step: 'description',
        cause: 'model',
        name: 'model',
        old: model('gpt-4o-2024-11-20'),
        new: model('gpt-5.1-2025-11-13'),
      },
      { step: 'description', cause: 'prompt', name: 'prompts.first', old, new: now },
      { step: 'description', cause: 'prompt', name: 'prompts.second', old, new: now },
    ];
    const prompts = [
      { step: 'description', parameter: 'prompts.first', path: 'describe.md', lines: [' Say', '-a', '+b'] },
    ];
    const lines = renderForecast(
      HEAD,
      { ...FORECAST, configuration },
      { costs: await costs(GPT), asking: [], prompts },
      { width: 160, colours },
    ).split('\n');
    expect(lines.slice(10)).toEqual([
      '',
      '  transcript   language                 default → es',
      '  description  model                    gpt-4o-2024-11-20 → gpt-5.1-2025-11-13',
      // Its old text is in the bucket no more.
      '               prompts.second (prompt)  ca978112 → 3e23e816',
      '',
      '  describe.md  (description.prompts.first)',
      '     Say',
      '    -a',
      '    +b',
      '',
      'Run it:  gettok run',
    ]);
  });

  it('in batches shows what those cost', async () => {
    const head = { ...HEAD, batch: true, command: 'gettok run --batch' };
    const lines = renderForecast(
      head,
      FORECAST,
      { costs: await costs(GPT), asking: [] },
      { width: 160, colours },
    ).split('\n');
    expect(lines[0]).toBe('Plan for peru-2022 on main, from sha256:7f3a91c2, in batches');
    expect(lines.slice(4, 7).map((line) => line.slice(-18).trim())).toEqual([
      '$131.09',
      '$110.50 – 117.13',
      '$0.00 – 353.50',
    ]);
    expect(lines.slice(8).map((line) => line.trim())).toEqual([
      'total    $241.59 – 601.72',
      'without --batch  $352.09 – 1,072.34',
      '',
      'Run it:  gettok run --batch',
    ]);
  });

  it('says what is unknown instead of taking it for nothing', async () => {
    const lines = await rendered(160, { ...GPT, base_url: 'http://localhost:8000/v1' });
    expect(lines[6]).toMatch(/^ {2}stance .* 0–104M \/ 0–44\.7M {11}unknown$/);
    expect(lines.slice(-4).map((line) => line.trim())).toEqual([
      'total  $352.09 – 365.34 + unknown price of stance',
      'as batch  $241.59 – 248.22 + unknown price of stance',
      '',
      'Run it:  gettok run',
    ]);
  });

  it('fits into 100 columns: what other columns imply goes first', async () => {
    const lines = await rendered(100);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(100);
    expect(lines.slice(2, 9)).toEqual([
      '  step          compute  why                        calls            tokens in/out              cost',
      '  video               0',
      '  transcript     43,697  parameters (language)     43,697                21.8K min           $131.09',
      '  description    42,493  model + prompt            42,493  61.2M–62.1M / 6.8M–7.9M  $221.00 – 234.25',
      '  stance       0–43,697  depends on (descripti…  0–43,697         0–104M / 0–44.7M    $0.00 – 707.00',
      '',
      '                                                                           total  $352.09 – 1,072.34',
    ]);
  });

  it('says where it starts', async () => {
    const first = async (start: { version: Digest; from: string | null } | null) =>
      renderForecast(
        { ...HEAD, start },
        FORECAST,
        { costs: await costs(GPT), asking: [] },
        { width: 100, colours },
      ).split('\n', 1)[0];
    expect(await first({ version, from: '@v1' })).toBe(
      'Plan for peru-2022 on main, a new branch from sha256:7f3a91c2 (@v1)',
    );
    expect(await first(null)).toBe('Plan for peru-2022 on main, its first version');
  });

  it('ends with what else is to know', async () => {
    const noted = { ...(await costs(GPT)), notes: ['--max-usd $1.00 is not enough'] };
    const lines = renderForecast(HEAD, FORECAST, { costs: noted, asking: [] }, { width: 160, colours }).split('\n');
    expect(lines.slice(-3)).toEqual(['  --max-usd $1.00 is not enough', '', 'Run it:  gettok run']);
  });

  it('names steps that are declared no more', async () => {
    const text = renderForecast(
      HEAD,
      { ...FORECAST, removedSteps: ['ocr', 'tone'] },
      { costs: await costs(GPT), asking: [] },
      { width: 100, colours },
    );
    expect(text).toContain('\n  no longer declared, and not in the next version: ocr, tone\n');
  });

  it('without a paid model says so', () => {
    const none = { low: 0n, high: 0n };
    const free = {
      steps: new Map(),
      total: none,
      batchTotal: none,
      known: none,
      batchKnown: none,
      unknown: [],
      open: [],
      notes: [],
    };
    expect(renderForecast(HEAD, FORECAST, { costs: free, asking: [] }, { width: 100, colours })).toContain(
      '\n  no paid model call\n',
    );
  });
});
