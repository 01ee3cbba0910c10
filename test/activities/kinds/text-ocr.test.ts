import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOcr } from '../../../activities/kinds/text-ocr.ts';
import { type CellOptions, type MediaBench, mediaBench, values } from '../media-bench.ts';

let bench: MediaBench;
beforeAll(async () => {
  bench = await mediaBench();
});
afterAll(() => bench.close());

const LINES = ['¡VACANCIA YA!', '¿Y los niños?', 'Qué corrupción'];
let made = 0;

/** A frame of 576×1024 with drawn text. */
async function frame(source: string, style: string, lines: readonly string[] = LINES): Promise<string> {
  const text = join(bench.folder, `text-${++made}.txt`);
  await writeFile(text, lines.join('\n'));
  const drawn = `drawtext=textfile=${text}:${style}:x=(w-tw)/2:y=300:line_spacing=16`;
  const options = source.includes('=') ? ':' : '=';
  return bench.clip(
    `frame-${made}.jpg`,
    '-f',
    'lavfi',
    '-i',
    `${source}${options}s=576x1024`,
    '-vf',
    drawn,
    '-frames:v',
    '1',
    '-q:v',
    '3',
  );
}

async function read(frames: readonly string[], options?: CellOptions) {
  const blobs = [];
  for (const path of frames) blobs.push(await bench.blobs.putFile(path));
  return bench.cell(textOcr, { frames: blobs }, options);
}

describe('Spanish with its accents and marks', () => {
  it.each([
    ['dark on light', 'color=c=0xf4f1e8', 'fontcolor=black:fontsize=48'],
    ['light on dark', 'color=c=0x12407a', 'fontcolor=white:fontsize=48'],
    ['white with a dark edge on a busy picture', 'testsrc2', 'fontcolor=white:borderw=4:bordercolor=black:fontsize=56'],
    [
      'black in a white box on a coloured picture',
      'smptebars',
      'fontcolor=black:box=1:boxcolor=white:boxborderw=16:fontsize=52',
    ],
    [
      'white in a red box on a busy picture',
      'testsrc2',
      'fontcolor=white:box=1:boxcolor=red:boxborderw=16:fontsize=52',
    ],
  ])('reads %s', async (_what, source, style) => {
    const { text, lines, confidence } = values(await read([await frame(source, style)]));
    expect(lines).toEqual(LINES);
    expect(text).toBe(LINES.join('\n'));
    expect(confidence).toBeGreaterThan(80);
  });
});

it('reads nothing where there is no text', async () => {
  const frames = [
    await frame('color=c=gray', 'fontcolor=black:fontsize=48', [' ']),
    await frame('mandelbrot', 'fontcolor=black:fontsize=1', [' ']),
  ];
  expect(await read(frames)).toEqual({ text: '', lines: [], confidence: null });
  expect(await read([])).toEqual({ text: '', lines: [], confidence: null });
});

it('keeps a line once, where it first appears', async () => {
  const style = 'fontcolor=white:fontsize=48';
  const first = await frame('color=c=black', style, ['ELECCIONES', 'Lima']);
  const second = await frame('color=c=0x202040', style, ['Lima', 'Boletín de las ocho']);
  expect(values(await read([first, second]))['lines']).toEqual(['ELECCIONES', 'Lima', 'Boletín de las ocho']);
  expect(values(await read([second, first]))['lines']).toEqual(['Lima', 'Boletín de las ocho', 'ELECCIONES']);
});

it('reads the same whatever was read before, and by whom', async () => {
  const style = 'fontcolor=white:fontsize=30';
  const frames = await Promise.all(
    [LINES, ['Respeten mi voto'], ['Democracia sí']].map((lines) => frame('color=c=0x444444', style, lines)),
  );
  const alone = [];
  for (const path of frames) alone.push(await read([path]));
  const together = await Promise.all([...frames, ...frames.toReversed()].map((path) => read([path])));
  expect(together).toEqual([...alone, ...alone.toReversed()]);
});

it('leaves out words that the engine is not sure of', async () => {
  const path = await frame('color=c=black', 'fontcolor=white:fontsize=48');
  expect(values(await read([path], { params: { min_confidence: 100 } }))['lines']).toEqual([]);
});

it('reads English alone when asked to', async () => {
  const path = await frame('color=c=black', 'fontcolor=white:fontsize=48', ['WE STAND', 'WITH PERU']);
  expect(values(await read([path], { params: { languages: ['eng'] } }))['lines']).toEqual(['WE STAND', 'WITH PERU']);
});

it('refuses languages whose data it does not have', () => {
  expect(textOcr.params.safeParse({ languages: ['que'] }).success).toBe(false);
  expect(textOcr.params.parse({})).toEqual({ languages: ['spa', 'eng'], min_confidence: 60 });
});

it('fails on a frame that is no image, and reads the next one', async () => {
  const path = join(bench.folder, 'page.jpg');
  await writeFile(path, '<html>');
  expect(await read([path])).toMatchObject({ status: 'failed', code: 'undecodable' });
  const whole = await readFile(await frame('testsrc2', 'fontcolor=white:fontsize=48'));
  await writeFile(path, whole.subarray(0, 300));
  expect(await read([path])).toMatchObject({ status: 'failed' });
  expect(values(await read([await frame('color=c=black', 'fontcolor=white:fontsize=48')]))['lines']).toEqual(LINES);
});

it('stops at its time limit and when the run is cancelled, and can be used again', async () => {
  const path = await frame('mandelbrot', 'fontcolor=white:fontsize=48');
  expect(await read([path], { tuning: { timeout_s: 0.05 } })).toMatchObject({ status: 'failed', code: 'timeout' });
  const controller = new AbortController();
  const reading = read([path], { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('cancelled')), 20);
  await expect(reading).rejects.toThrow('cancelled');
  await bench.textReader.close();
  expect(values(await read([await frame('color=c=black', 'fontcolor=white:fontsize=48')]))['lines']).toEqual(LINES);
});
