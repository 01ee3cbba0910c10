/**
 * Makes the sample of examples/peru-2022: 24 synthetic clips and their metadata in the shape of TikTok's Research API.
 * Needs ffmpeg, espeak-ng and the font DejaVu Sans. Run from the checkout: node_modules/.bin/node scripts/make-peru-sample.ts
 */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clipsOfDay1 } from './peru-sample/clips-2022-12-07.ts';
import { clipsOfDay2 } from './peru-sample/clips-2022-12-08.ts';
import { clipsOfDay3 } from './peru-sample/clips-2022-12-09.ts';
import { renderClip } from './peru-sample/render.ts';
import { idOf, videoObject } from './peru-sample/video-object.ts';

const example = join(import.meta.dirname, '..', 'examples', 'peru-2022');
const clips = [...clipsOfDay1, ...clipsOfDay2, ...clipsOfDay3];

await rm(join(example, 'media'), { recursive: true, force: true });
await mkdir(join(example, 'media'), { recursive: true });
await mkdir(join(example, 'data'), { recursive: true });

let totalBytes = 0;
for (const clip of clips) {
  const file = join(example, 'media', `${idOf(clip)}.mp4`);
  await renderClip(clip.picture, file);
  const { size } = await stat(file);
  totalBytes += size;
  const { picture } = clip;
  const heard = picture === null ? 'no video' : typeof picture.sound === 'string' ? picture.sound : 'speech';
  const row = [
    idOf(clip),
    clip.postedAt,
    String(picture?.frames ?? 0).padStart(4),
    heard.padEnd(8),
    String(size).padStart(7),
    clip.stance ?? '-',
    clip.name,
  ];
  console.log(row.join('  '));
}
await writeFile(join(example, 'data', 'videos.jsonl'), clips.map((clip) => `${videoObject(clip)}\n`).join(''));
console.log(`${clips.length} clips, ${(totalBytes / 1e6).toFixed(2)} MB`);
