import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { countTokens as older } from 'gpt-tokenizer/encoding/cl100k_base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stepKinds } from '../../../activities/kinds/index.ts';
import { previewRequests } from '../../../activities/models/preview-requests.ts';
import type { StepCost } from '../../../datasets/plan/cost-forecast.ts';
import { declaration, type MadeValues, PricedVersion } from './priced-version.ts';

const WORDS =
  'el presidente anunció que cierra el Congreso 😀 #castillo y nadie sabe qué pasará mañana en la plaza'.split(' ');
const PROMPT = 'Which stance?\n{{video.caption}}\n{{transcript.text}}\n';

/** Texts of all lengths, the same every time. */
const said = (index: number, most: number) =>
  Array.from({ length: (index * 7919) % most }, (_, n) => WORDS[(index + n * n) % WORDS.length]).join(' ');

let version: PricedVersion;
beforeAll(async () => {
  version = await PricedVersion.start();
});
afterAll(() => version[Symbol.asyncDispose]());

function madeRow(index: number): MadeValues {
  const frames = Array.from({ length: 1 + (index % 3) }, () => version.image);
  return {
    video: { caption: said(index, 40) },
    media: { file: version.image },
    audio: index % 4 === 0 ? null : { audio: version.image, duration_s: 10.5 },
    frames: { frames, frame_numbers: frames.map((_, n) => n) },
    transcript: index % 4 === 0 ? null : { text: said(index + 3, 200) },
    stance: index % 10 === 0 ? null : { label: 'support', rationale: 'because' },
  };
}
const madeRows = (count: number) =>
  new Map(Array.from({ length: count }, (_, index) => [String(7_174_000 + index), madeRow(index)]));

async function commit(count: number, options: Parameters<typeof declaration>[0] = {}, detail = 'low', prompt = PROMPT) {
  await version.write('stance.md', prompt);
  await version.write('dataset.yaml', declaration(options).replace('DETAIL', detail));
  await version.write('rows.jsonl', '{"id":"1","caption":"x"}\n');
  version.parent = null;
  const rows = madeRows(count);
  await version.commit(rows);
  return rows;
}

/** Tokens of the texts of the requests themselves: what a provider counts at least. */
async function sentTokens(rows: ReadonlyMap<string, MadeValues>): Promise<number> {
  const { plan } = await version.plan();
  const step = plan.steps.find(({ name }) => name === 'stance')!;
  let tokens = 0;
  for (const made of rows.values()) {
    const inputs = Object.fromEntries(
      Object.entries(step.reads).map(([role, { step: from, column }]) => [role, made[from]?.[column] ?? null]),
    );
    const [body] = (await previewRequests(stepKinds.get(step.kind)!, step, inputs))!;
    const [system, user] = body!['messages'] as { content: string | { text?: string }[] }[];
    const [text] = user!.content as { text: string }[];
    tokens += countTokens(system!.content as string) + countTokens(text!.text);
  }
  return tokens;
}

const widthOf = ({ low, high }: { readonly low: number; readonly high: number }) => high / low;
const stance = async (retry: readonly string[] = []): Promise<StepCost> =>
  (await version.costs(retry)).costs.steps.get('stance')!;

async function repeated(repeats: number): Promise<StepCost> {
  await version.write('stance.md', `${PROMPT}Think.\n`);
  const declared = declaration().replace('DETAIL', `low, repeats: ${repeats}`);
  await version.write('dataset.yaml', declared);
  return stance();
}

describe('after a prompt was edited', () => {
  it('counts the requests of a small dataset one by one', async () => {
    const rows = await commit(60);
    await version.write('stance.md', `${PROMPT}Think.\n`);
    const cost = await stance();
    expect(cost.calls).toEqual({ low: 60, high: 60 });
    // 20 rows each of 1, 2 and 3 frames at 85 tokens, and a little for roles; the schema may count or not.
    const atLeast = (await sentTokens(rows)) + 120 * 85;
    expect(cost.inputTokens!.low).toBe(atLeast + 60 * 2 * 3);
    expect(cost.inputTokens!.high - cost.inputTokens!.low).toBeLessThan(60 * 80);
    expect(cost.outputTokens).toEqual({ low: 60 * 20, high: 60 * 1024 });
  });

  it('takes a large dataset from its lengths and a sample, and is right within a few percent', async () => {
    const rows = await commit(1500);
    await version.write('stance.md', `${PROMPT}Think.\n`);
    const cost = await stance();
    const sent = (await sentTokens(rows)) + 3000 * 85;
    expect(cost.inputTokens!.low).toBeLessThan(sent + 1500 * 6);
    expect(cost.inputTokens!.high).toBeGreaterThan(sent + 1500 * 50);
    expect(widthOf(cost.inputTokens!)).toBeLessThan(1.25);
  });

  it('looks at the sizes of images where they count', async () => {
    await commit(6, {}, 'high');
    await version.write('stance.md', `${PROMPT}Think.\n`);
    const low = (await stance()).inputTokens!;
    await commit(6, {}, 'low');
    await version.write('stance.md', `${PROMPT}Think.\n`);
    // 640 x 480 pixels are two tiles: 85 + 340 tokens where there were 85, in 12 frames.
    expect(low.low - (await stance()).inputTokens!.low).toBe(12 * 340);
  });

  it('counts the prompt’s fixed part as cached at best, from 1,024 tokens on', async () => {
    const long = `${'Judge with care and say why. '.repeat(200)}\n${PROMPT}`;
    await commit(60, {}, 'low', long);
    await version.write('stance.md', `${long}Think.\n`);
    const { cachedTokens, inputTokens, costNanoUsd } = await stance();
    expect(cachedTokens % (59 * 128)).toBe(0);
    expect(cachedTokens / 59).toBeGreaterThanOrEqual(1024);
    const input = BigInt(inputTokens!.low - cachedTokens) * 2500n + BigInt(cachedTokens) * 1250n;
    expect(costNanoUsd!.low).toBe(input + 60n * 20n * 10_000n);
    expect(costNanoUsd!.high).toBe(BigInt(inputTokens!.high) * 2500n + 60n * 1024n * 10_000n);
  });
});

it('expects answers like those of the last version by the same model', async () => {
  await commit(60);
  const used = { calls: 60, input_tokens: '1', output_tokens: String(60 * 50), cost_nano_usd: '0', unpriced_calls: 0 };
  await version.commit(madeRows(60), used);
  await version.write('stance.md', `${PROMPT}Think.\n`);
  expect((await stance()).outputTokens).toEqual({ low: 60 * 25, high: 60 * 100 });
});

it('prices vectors by their texts alone, row by row, and at half the price in a batch', async () => {
  await commit(60);
  const embed = `  vector: { uses: ai/embed, needs: [transcript], with: { model: small, prompt: embed.md } }\n`;
  const model = '  small: { provider: openai, model: text-embedding-3-small }\n';
  await version.write('embed.md', '{{transcript.text}}\n');
  const declared = declaration().replace('DETAIL', 'low').replace('partition:', `${model}partition:`);
  await version.write('dataset.yaml', declared + embed);
  const texts = [...madeRows(60).values()].flatMap(
    (made) => (made['transcript']?.['text'] as string | undefined) ?? [],
  );
  const tokens = texts.reduce((sum, text) => sum + older(text.trim()), 0);
  const { costs } = await version.costs();
  expect(costs.steps.get('vector')).toEqual({
    calls: { low: 45, high: 45 },
    inputTokens: { low: tokens, high: tokens },
    cachedTokens: 0,
    outputTokens: { low: 0, high: 0 },
    audioSeconds: null,
    batch: true,
    costNanoUsd: { low: BigInt(tokens) * 20n, high: BigInt(tokens) * 20n },
  });
  expect(costs.batchTotal).toEqual({ low: BigInt(tokens) * 10n, high: BigInt(tokens) * 10n });
});

it('asks as often as a step repeats', async () => {
  await commit(60);
  const once = await repeated(1);
  const thrice = await repeated(3);
  expect(thrice.calls).toEqual({ low: 180, high: 180 });
  expect(thrice.inputTokens!.low).toBe(3 * once.inputTokens!.low);
});

it('counts only the rows that are asked again', async () => {
  await commit(60);
  expect((await version.costs()).costs.steps.size).toBe(0);
  const { calls, inputTokens } = await stance(['failed:refused']);
  expect(calls).toEqual({ low: 6, high: 6 });
  const whole = await sentTokens(new Map([...madeRows(60)].filter((_, index) => index % 10 === 0)));
  const frames = [...madeRows(60).values()].filter((_, index) => index % 10 === 0);
  const images = frames.reduce((sum, made) => sum + (made['frames']!['frames'] as readonly string[]).length, 0);
  expect(inputTokens!.low).toBe(whole + images * 85 + 6 * 6);
});

it('counts minutes of sound that is there, and of a changed source what videos usually have', async () => {
  await commit(60);
  const changed = declaration().replace('with: { model: whisper }', 'with: { model: whisper, language: es }');
  await version.write('dataset.yaml', changed.replace('DETAIL', 'low'));
  const { costs } = await version.costs();
  expect(costs.steps.get('transcript')).toEqual({
    calls: { low: 45, high: 45 },
    inputTokens: null,
    cachedTokens: 0,
    outputTokens: null,
    audioSeconds: { low: 450, high: 495 },
    batch: false,
    costNanoUsd: { low: 45_000_000n, high: 49_500_000n },
  });
  // What it said may be the same again: nobody knows before it was asked.
  expect(costs.steps.get('stance')).toMatchObject({ calls: { low: 0, high: 60 }, costNanoUsd: { low: 0n } });
});

it('knows the fixed part and the limits of a first version, and no price of an own server but a declared one', async () => {
  await commit(60);
  version.parent = null;
  const own = ', base_url: "http://localhost:8000/v1"';
  await version.write('dataset.yaml', declaration({ model: 'qwen', rest: own }).replace('DETAIL', 'low'));
  const { costs } = await version.costs();
  expect(costs.unknown).toEqual(['stance']);
  expect(costs.total).toBeNull();
  expect(costs.steps.get('stance')!.costNanoUsd).toBeNull();
  const price = `${own}, price: { input: 0, output: 0 }`;
  await version.write('dataset.yaml', declaration({ model: 'qwen', rest: price }).replace('DETAIL', 'low'));
  const declared = (await version.costs()).costs;
  expect(declared.unknown).toEqual([]);
  expect(declared.steps.get('stance')!.costNanoUsd).toEqual({ low: 0n, high: 0n });
});
