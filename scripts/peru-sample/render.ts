import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { secondsOf, type Picture } from './clip.ts';
import { sceneNamed } from './scene.ts';

const execute = promisify(execFile);
const speechStartsAtMs = 250;

// One thread and no version strings or dates in the files: that is what makes them the same every time.
const quiet = '-hide_banner -loglevel error -nostdin -y -filter_complex_threads 1'.split(' ');
const pictureEncoding =
  '-c:v libx264 -profile:v baseline -preset slow -crf 23 -pix_fmt yuv420p -threads 1 -flags:v +bitexact'.split(' ');
const soundEncoding = '-c:a aac -b:a 40k -ar 22050 -ac 1 -flags:a +bitexact'.split(' ');
const label = 'comment=Synthetic sample clip of GET-Tok (CC0): invented content';
const container = ['-fflags', '+bitexact', '-map_metadata', '-1', '-metadata', label, '-movflags', '+faststart'];

/** Where the downloader met a page instead of a video and kept it under the video's name. */
const errorPage =
  '<!DOCTYPE html>\n<html><head><title>403</title></head>\n<body><h1>Access denied</h1></body></html>\n';

/** Writes an MP4 (or, without a picture, the error page); the same bytes every time with the same ffmpeg and espeak-ng. */
export async function renderClip(picture: Picture | null, file: string): Promise<void> {
  if (picture === null) return writeFile(file, errorPage);
  const folder = await mkdtemp(join(tmpdir(), 'peru-sample-'));
  try {
    await Promise.all(
      picture.slides.map(({ lines }, index) => writeFile(join(folder, `slide-${index}.txt`), lines.join('\n'))),
    );
    const sound = await soundInput(picture, folder);
    const filters = [pictureFilter(picture), ...(sound ? [sound.filter] : [])].join(';');
    const inputs = [...(sound?.input ?? []), '-filter_complex', filters];
    const streams = ['-map', '[picture]', ...pictureEncoding, ...(sound ? ['-map', '[sound]', ...soundEncoding] : [])];
    const end = ['-frames:v', String(picture.frames), '-t', String(secondsOf(picture)), resolve(file)];
    await execute('ffmpeg', [...quiet, ...inputs, ...streams, ...container, ...end], { cwd: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function pictureFilter(picture: Picture): string {
  const { source, sprite, ink, paper } = sceneNamed(picture.scene);
  const { width, height, fps, slides } = picture;
  const size = `s=${width}x${height}:r=${fps}`;
  const background = sprite
    ? `${source}:${size}[back];color=c=${sprite.colour}:s=${sprite.width}x${sprite.height}:r=${fps}[sprite];` +
      `[back][sprite]overlay=x=${sprite.x}:y=${sprite.y}:eval=frame`
    : `${source}:${size}`;
  const texts = slides.map(({ from, lines }, index) => {
    const until = slides[index + 1]?.from ?? secondsOf(picture) + 1;
    return (
      `drawtext=font=DejaVu Sans:textfile=slide-${index}.txt:expansion=none:fontsize=${fontSize(lines, width)}:` +
      `fontcolor=${ink}:box=1:boxcolor=${paper}:boxborderw=10:line_spacing=8:x=(w-text_w)/2:y=h*0.14:enable='gte(t,${from})*lt(t,${until})'`
    );
  });
  return `${[background, ...texts].join(',')}[picture]`;
}

/** As big as the longest line allows: a letter of DejaVu Sans is about 0.63 of its size wide, and OCR wants 20 px or more. */
function fontSize(lines: readonly string[], width: number): number {
  const longest = Math.max(...lines.map((line) => line.length));
  const size = Math.floor(Math.min(width / 8, (width * 0.88) / (longest * 0.63)));
  if (size < 20)
    throw new Error(`"${lines.join(' / ')}" would be drawn ${size} px high on ${width} px; shorten the longest line.`);
  return size;
}

async function soundInput(picture: Picture, folder: string): Promise<{ input: string[]; filter: string } | undefined> {
  const { sound } = picture;
  const seconds = secondsOf(picture);
  if (sound === 'none') return undefined;
  if (sound === 'tune') {
    // Three notes of half a second each, over and over: something to hear in which nobody speaks.
    const note =
      'st(0,mod(floor(t*2),3));sin(2*PI*t*(262+if(eq(ld(0),1),68,if(eq(ld(0),2),130,0))))*0.3*exp(-3*mod(t,0.5))';
    return { input: ['-f', 'lavfi', '-i', `aevalsrc='${note}':s=22050:d=${seconds}`], filter: '[0:a]anull[sound]' };
  }
  await writeFile(join(folder, 'speech.txt'), sound.says);
  const voice = `-v es-419 -s 165 -p ${sound.pitch} -f speech.txt -w speech.wav`.split(' ');
  await execute('espeak-ng', voice, { cwd: folder });
  const duration = '-v error -show_entries format=duration -of csv=p=0 speech.wav'.split(' ');
  const { stdout } = await execute('ffprobe', duration, { cwd: folder });
  const needed = Number(stdout) + speechStartsAtMs / 1000;
  if (!(needed <= seconds))
    throw new Error(
      `"${sound.says.slice(0, 40)}…" takes ${needed.toFixed(1)} s, the clip only ${seconds.toFixed(1)} s.`,
    );
  return { input: ['-i', 'speech.wav'], filter: `[0:a]adelay=${speechStartsAtMs},apad,atrim=end=${seconds}[sound]` };
}
