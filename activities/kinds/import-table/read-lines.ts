import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { TableFile } from './table-files.ts';
import { UnusableTableError } from './table-problems.ts';

const LINE_END = 0x0a;
const CHUNK_BYTES = 1024 * 1024;
/** A longer line is no row but a file of another kind. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const BOM = '\ufeff';

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its `\n`; null when it is no UTF-8. */
  readonly text: string | null;
}

/** The lines of a file, unzipped, without a byte order mark. */
export async function* readLines(file: TableFile): AsyncIterable<Line> {
  let number = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;
  const line = (bytes: Buffer): Line => {
    number += 1;
    const text = isUtf8(bytes) ? bytes.toString('utf8') : null;
    return { number, text: number === 1 && text?.startsWith(BOM) ? text.slice(1) : text };
  };
  for await (const chunk of readBytes(file)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      yield line(rest.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...rest, chunk.subarray(start, end)]));
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > MAX_LINE_BYTES) throw tooLong(file, number + 1);
  }
  if (restBytes > 0) yield line(Buffer.concat(rest));
}

const tooLong = (file: TableFile, number: number) =>
  new UnusableTableError(
    [{ place: `${file.name}:${number}`, message: `the line is longer than ${MAX_LINE_BYTES} bytes` }],
    1,
  );

async function* readBytes({ path, name, gzip }: TableFile): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (!gzip) {
    yield* file as AsyncIterable<Buffer>;
    return;
  }
  const unzipped = createGunzip({ chunkSize: CHUNK_BYTES });
  pipeline(file, unzipped, () => {});
  try {
    yield* unzipped as AsyncIterable<Buffer>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnusableTableError([{ place: name, message: `it is no complete gzip file: ${reason}` }], 1);
  }
}
