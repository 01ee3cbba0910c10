import { afterAll, describe, expect, it } from 'vitest';
import { OpenAIServer } from './openai-server.ts';
import { pngDataUrl, pngImage } from './png-image.ts';
import { rawRequest } from './raw-request.ts';
import { stanceRequest } from './stance-request.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const chat = (changes: object) => rawRequest(server, '/chat/completions', { ...stanceRequest('hola'), ...changes });
const user = (content: unknown) => chat({ messages: [{ role: 'user', content }] });
const image = (url: string, more: object = {}) => user([{ type: 'image_url', image_url: { url, ...more } }]);

describe('messages', () => {
  const png = pngImage(8, 8).toString('base64');
  it.each([
    [
      'an unknown role',
      () => chat({ messages: [{ role: 'robot', content: 'x' }] }),
      'invalid_value',
      'messages[0].role',
    ],
    ['no content', () => chat({ messages: [{ role: 'user' }] }), 'missing_required_parameter', 'messages[0].content'],
    [
      'an unknown member',
      () => chat({ messages: [{ role: 'user', content: 'x', id: 1 }] }),
      'unknown_parameter',
      'messages[0].id',
    ],
    ['no parts', () => user([]), 'empty_array', 'messages[0].content'],
    [
      'an unknown part',
      () => user([{ type: 'input_text', text: 'x' }]),
      'invalid_value',
      'messages[0].content[0].type',
    ],
    [
      'a part without text',
      () => user([{ type: 'text' }]),
      'missing_required_parameter',
      'messages[0].content[0].text',
    ],
    [
      'an unknown detail',
      () => image(pngDataUrl(8, 8), { detail: 'medium' }),
      'invalid_value',
      'messages[0].content[0].image_url.detail',
    ],
    [
      'an address on the web',
      () => image('https://example.org/a.png'),
      'invalid_image_url',
      'messages[0].content[0].image_url.url',
    ],
    ['a bare base64 text', () => image(png), 'invalid_value', 'messages[0].content[0].image_url.url'],
    ['an empty image', () => image('data:image/png;base64,'), 'invalid_value', 'messages[0].content[0].image_url.url'],
    [
      'broken base64',
      () => image(`data:image/png;base64,*${png.slice(1)}`),
      'invalid_value',
      'messages[0].content[0].image_url.url',
    ],
    [
      'a text that says it is an image',
      () => image(`data:image/png;base64,${btoa('no image at all')}`),
      'invalid_image_format',
      'messages[0].content[0].image_url.url',
    ],
    [
      'a PNG that says it is a JPEG',
      () => image(`data:image/jpeg;base64,${png}`),
      'invalid_image_format',
      'messages[0].content[0].image_url.url',
    ],
    [
      'an image in a system message',
      () =>
        chat({
          messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: pngDataUrl(8, 8) } }] }],
        }),
      'invalid_value',
      'messages[0].content[0]',
    ],
    [
      'an image for a model that reads only',
      () =>
        chat({
          model: 'o3-mini',
          messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: pngDataUrl(8, 8) } }] }],
        }),
      null,
      'messages[0].content[0].type',
    ],
  ])('refuses %s', async (_what, send, code, param) => {
    expect(await send()).toMatchObject({ status: 400, code, param });
  });

  it('takes PNG and JPEG with every detail', async () => {
    const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0000b080010002001011100ffd9', 'hex');
    expect(await image(`data:image/jpeg;base64,${jpeg.toString('base64')}`)).toMatchObject({ status: 200 });
    for (const detail of ['auto', 'low', 'high', 'original']) {
      expect(await image(pngDataUrl(8, 8), { detail })).toMatchObject({ status: 200 });
    }
  });
});
