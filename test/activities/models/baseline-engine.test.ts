import { encode } from 'jpeg-js';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aiClassify } from '../../../activities/kinds/ai-classify.ts';
import { aiGenerate } from '../../../activities/kinds/ai-generate.ts';
import { UnreadableImageError, type TextReader } from '../../../activities/text-reader/text-reader.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import { pngImage } from '../../openai-server/png-image.ts';
import { ModelBench } from './model-bench.ts';

const server = await OpenAIServer.start();
let bench: ModelBench;
beforeEach(async () => {
  bench = await ModelBench.start(server);
});
afterAll(() => server.close());

const model: Model = { name: 'floor', provider: 'baseline', model: 'facts-and-lexicon-1' };

/** A picture of one colour, with its left part, from 0 to 1, in another. */
function picture(colour: readonly number[], other = colour, part = 0): Buffer {
  const [width, height] = [64, 96];
  const data = Buffer.alloc(width * height * 4, 255);
  for (let at = 0; at < width * height; at += 1)
    for (const [channel, value] of ((at % width) / width < part ? other : colour).entries())
      data[at * 4 + channel] = value;
  return encode({ width, height, data }, 95).data;
}
const red = [220, 20, 20];
const blue = [20, 20, 160];
const white = [255, 255, 255];

const reader = (...lines: string[]): TextReader => ({
  read: async () => lines.map((text) => ({ text, confidence: 90, box: { x0: 0, y0: 0, x1: 1, y1: 1 } })),
  close: async () => {},
});

describe('a description', () => {
  const params = {
    model,
    prompt: { path: 'p', text: 'Describe it.' },
    output: {
      description: 'string',
      displayed_text: 'string',
      lines_of_text: ['string'],
      people: 'integer',
      tags: ['string'],
    },
    detail: 'low',
    max_output_tokens: 100,
  };
  const describeFrames = async (frames: readonly Buffer[], textReader = reader()) => {
    const images = await Promise.all(frames.map((frame) => bench.blobs.put(frame)));
    return bench.cell(aiGenerate, { 'frames.frames': images }, { params, textReader });
  };

  it('says what was measured and read, and leaves the rest empty', async () => {
    const frames = [picture(blue), picture(blue, white, 0.25), picture(red)];
    expect(await describeFrames(frames, reader('¡FUERA!', 'Elecciones ya'))).toEqual({
      description:
        'Measured in 3 frames of 64 x 96 pixels: dark (23 %), medium contrast, mostly blue (58 %), red (33 %). ' +
        'From frame to frame most changes (25 %). Text that could be read: “¡FUERA!”, “Elecciones ya”.',
      displayed_text: '¡FUERA!\nElecciones ya',
      lines_of_text: ['¡FUERA!', 'Elecciones ya'],
      people: null,
      tags: null,
    });
    expect(server.counts().total).toBe(0);
    expect(bench.calls).toMatchObject([
      {
        endpoint: 'baseline/generate',
        provider: 'baseline',
        model_requested: 'facts-and-lexicon-1',
        model_returned: 'facts-and-lexicon-1',
        request_key: null,
        answer_digest: null,
        input_tokens: null,
        cost_nano_usd: 0n,
      },
    ]);
  });

  it('speaks of one frame and of no text as such', async () => {
    expect(await describeFrames([picture(white)])).toMatchObject({
      description:
        'Measured in one frame of 64 x 96 pixels: bright (100 %), low contrast, mostly white (100 %). No text could be read.',
      displayed_text: '',
      lines_of_text: [],
    });
  });

  it('fails where there is nothing to measure', async () => {
    const texts = { ...params, prompt: { path: 'p', text: '{{transcript.text}}' } };
    expect(
      await bench.cell(aiGenerate, { 'transcript.text': 'hola' }, { params: texts, textReader: reader() }),
    ).toMatchObject({
      code: 'no_images',
    });
    expect(await describeFrames([pngImage(8, 8)])).toMatchObject({ code: 'unreadable_image' });
    expect(await describeFrames([picture(red).subarray(0, 300)])).toMatchObject({ code: 'unreadable_image' });
    const failing = { ...reader(), read: async () => Promise.reject(new UnreadableImageError('broken')) };
    expect(await describeFrames([picture(red)], failing)).toMatchObject({ code: 'unreadable_image' });
  });
});

describe('a stance', () => {
  const params = {
    model,
    prompt: { path: 'p', text: '{{transcript.text}} {{description.displayed_text}}' },
    labels: ['support', 'no support', 'neutral'],
    detail: 'low',
    max_output_tokens: 100,
  };
  const classify = (said: string | null, shown: string | null, more: object = {}) =>
    bench.cell(
      aiClassify,
      { 'transcript.text': said, 'description.displayed_text': shown },
      { params: { ...params, ...more } },
    );

  it('is the side with more phrases, and says that it is a count', async () => {
    expect(await classify('Apoyo al presidente.', '¡Fuerza!\n¿Fuera?')).toEqual({
      label: 'support',
      rationale: 'Words counted, not understood: support 2 (apoyo, fuerza), no support 1 (fuera).',
    });
    expect(await classify('Que renuncie ya', null)).toMatchObject({ label: 'no support' });
    expect(await classify('Receta de causa', '')).toEqual({
      label: 'neutral',
      rationale: 'Words counted, not understood: support 0, no support 0.',
    });
    expect(bench.calls).toMatchObject([{ endpoint: 'baseline/classify', cost_nano_usd: 0n }]);
  });

  it('fails for labels that mean something else', async () => {
    expect(await classify('Apoyo', null, { labels: ['joy', 'anger'] })).toMatchObject({
      status: 'failed',
      code: 'baseline_labels',
    });
  });
});
