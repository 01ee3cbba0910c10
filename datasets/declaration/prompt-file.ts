import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Prompt } from '../step-kind.ts';
import { nearest } from './did-you-mean.ts';
import type { Complaint } from './problem.ts';
import { MAX_BYTE_LENGTH, readText } from './source-text.ts';
import { quoted } from './value-text.ts';

/** A prompt's text, or why it can't be had. The file must lie in `folder`, also when links are followed. */
export async function readPrompt(path: string, folder: string): Promise<Prompt | Complaint> {
  const found = path;
  const expected = 'a path relative to the folder of dataset.yaml that stays in it';
  if (path.includes('\0')) return { message: 'no file is called so', found, expected };
  if (isAbsolute(path) || /^[A-Za-z]:|\\/.test(path))
    return { message: `prompt ${quoted(path)} is no relative path`, found, expected };
  const place = join(folder, path);
  if (leaves(relative(folder, place)))
    return { message: `prompt ${quoted(path)} is outside the folder`, found, expected };

  const real = await realpath(place).catch(() => null);
  if (real === null) {
    const near = nearest(basename(path), await readdir(dirname(place)).catch(() => []));
    const suggestion = near === null ? null : `Did you mean ${join(dirname(path), near)}?`;
    return { message: `no prompt file ${quoted(path)}`, found, expected: `it at ${place}`, suggestion };
  }
  if (leaves(relative(await realpath(folder), real)))
    return { message: `prompt ${quoted(path)} is a link to a file outside the folder`, found, expected };

  const content = await readText(real);
  if ('unreadable' in content) {
    const { unreadable } = content;
    if (unreadable === 'missing')
      return { message: `prompt ${quoted(path)} can't be read`, found, expected: 'a file one may read' };
    if (unreadable === 'too large')
      return { message: `prompt ${quoted(path)} is too large`, found, expected: `at most ${MAX_BYTE_LENGTH} bytes` };
    return { message: `prompt ${quoted(path)} is ${unreadable}`, found, expected: 'a text file in UTF-8' };
  }
  if (content.text.trim() === '')
    return { message: `prompt ${quoted(path)} is empty`, found, expected: 'what to ask the model' };
  return { path, text: content.text };
}

const leaves = (way: string) => way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
