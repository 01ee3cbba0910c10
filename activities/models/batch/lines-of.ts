const NEWLINE = 0x0a;

/** The lines of a stream of bytes, without their ends; empty ones left out. Holds one line at a time. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let open: Buffer[] = [];
  for await (const chunk of chunks) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      const line = Buffer.concat([...open, rest.subarray(0, end)]);
      open = [];
      rest = rest.subarray(end + 1);
      if (line.length > 0) yield line;
    }
    if (rest.length > 0) open.push(rest);
  }
  const last = Buffer.concat(open);
  if (last.length > 0) yield last;
}
