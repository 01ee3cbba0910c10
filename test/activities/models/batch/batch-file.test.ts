import { describe, expect, it } from 'vitest';
import { batchFiles, type BatchLine } from '../../../../activities/models/batch/batch-file.ts';
import { customIdOf } from '../../../../activities/models/batch/custom-id.ts';
import { sha256 } from '../../../../manifests/digest.ts';
import { chat, question, questions } from './batch-bench.ts';

const wide = { requests: 1000, bytes: 1_000_000 };
const lineLength = (line: BatchLine) =>
  Buffer.byteLength(JSON.stringify({ custom_id: line.customId, method: 'POST', url: chat, body: line.body })) + 1;
const cut = async (...args: Parameters<typeof batchFiles>) =>
  (await Array.fromAsync(batchFiles(...args))).map(({ customIds }) => customIds.join(''));

describe('lines in files', () => {
  it('are one JSON text a line, in their order, with the body as it is sent online', async () => {
    const [file] = await Array.fromAsync(batchFiles(chat, [question('a'), question('é')], wide));
    expect(file).toMatchObject({ path: chat, customIds: ['a', 'é'] });
    expect(await file!.content.text()).toBe(
      `{"custom_id":"a","method":"POST","url":"${chat}","body":${JSON.stringify(question('a').body)}}\n` +
        `{"custom_id":"é","method":"POST","url":"${chat}","body":${JSON.stringify(question('é').body)}}\n`,
    );
  });

  it('are cut at the number of requests', async () => {
    const lines = questions('a', 'b', 'c', 'd', 'e');
    expect(await cut(chat, lines, { ...wide, requests: 2 })).toEqual(['ab', 'cd', 'e']);
    expect(await cut(chat, [], wide)).toEqual([]);
  });

  it('are cut at the number of bytes, to the byte', async () => {
    const lines = questions('a', 'b', 'c', 'd');
    const two = lineLength(lines[0]!) * 2;
    expect(await cut(chat, lines, { ...wide, bytes: two })).toEqual(['ab', 'cd']);
    expect(await cut(chat, lines, { ...wide, bytes: two - 1 })).toEqual(['a', 'b', 'c', 'd']);
  });

  it('count bytes, not characters', async () => {
    const accents = question('a', { user: 'é'.repeat(100) });
    const bytes = lineLength(accents);
    await expect(cut(chat, [accents], { ...wide, bytes: bytes - 1 })).rejects.toMatchObject({
      name: 'LargeBatchLineError',
      customId: 'a',
      byteLength: bytes,
    });
  });

  it('of embeddings are cut at the number of inputs too', async () => {
    const line = (customId: string, input: string | string[]) => ({ customId, body: { input } });
    const lines = [line('a', ['x', 'y']), line('b', 'x'), line('c', ['x', 'y', 'z'])];
    expect(await cut('/v1/embeddings', lines, { ...wide, requests: 3 })).toEqual(['ab', 'c']);
  });

  it('are made only when their file is wanted', async () => {
    const made: string[] = [];
    async function* lines() {
      for (const line of questions('a', 'b', 'c', 'd', 'e', 'f')) {
        made.push(line.customId);
        yield await Promise.resolve(line);
      }
    }
    const files = batchFiles(chat, lines(), { ...wide, requests: 2 });
    await files.next();
    expect(made).toEqual(['a', 'b', 'c']);
  });

  it('keep every byte of files that are larger than one piece', async () => {
    const large = (id: string) => question(id, { user: id.repeat(700_000) });
    const lines = ['a', 'b', 'c', 'd'].map(large);
    const [file] = await Array.fromAsync(batchFiles(chat, lines));
    expect(file!.content.size).toBe(lines.reduce((sum, line) => sum + lineLength(line), 0));
    const texts = (await file!.content.text()).trimEnd().split('\n');
    expect(texts.map((text) => JSON.parse(text).body)).toEqual(lines.map(({ body }) => body));
  });

  it('are refused when two have one custom id', async () => {
    await expect(cut(chat, questions('a', 'a'), wide)).rejects.toThrow('two lines of a batch have the custom id a');
  });
});

it('a custom id fits, differs by row and by request, and never changes', () => {
  const [one, two] = [sha256('one'), sha256('two')];
  expect(customIdOf('7203', one)).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set([customIdOf('7203', one), customIdOf('7203', two), customIdOf('7204', one)]).size).toBe(3);
  expect(customIdOf('7203', one)).toBe('0b9d193daf87baf403057002c126ca1451bbf5ceca0a565f4a100ce7199e1c92');
});
