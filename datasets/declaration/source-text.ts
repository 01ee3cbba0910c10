import { readFile, stat } from 'node:fs/promises';
import type { Place } from './problem.ts';

/** Larger than any declaration or prompt that a person writes. */
export const MAX_BYTE_LENGTH = 1024 * 1024;

/** A text file with `\n` line ends, and where things stand in it. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.#lineStarts = [0, ...text.matchAll(/\n/g).map(({ index }) => index + 1)];
  }

  /** The place of some characters; only the first line of them where they are several. */
  placeAt(offset: number, length: number): Place {
    const line = this.#lineStarts.findLastIndex((start) => start <= offset);
    const start = this.#lineStarts[line]!;
    const rest = this.text.slice(offset, offset + length).split('\n', 1)[0]!;
    return { file: this.file, line: line + 1, column: offset - start + 1, length: rest.trimEnd().length };
  }
}

/** Why a file isn't a text to work with. `missing` covers whatever can't be opened. */
export type UnreadableText = 'missing' | 'not a file' | 'too large' | 'not UTF-8';

/** Text of a file without its byte order mark and with `\n` line ends. */
export async function readText(path: string): Promise<{ text: string } | { unreadable: UnreadableText }> {
  const stats = await stat(path).catch(() => null);
  if (stats === null) return { unreadable: 'missing' };
  if (!stats.isFile()) return { unreadable: 'not a file' };
  if (stats.size > MAX_BYTE_LENGTH) return { unreadable: 'too large' };
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) return { unreadable: 'missing' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll(/\r\n?/g, '\n') };
  } catch {
    return { unreadable: 'not UTF-8' };
  }
}
