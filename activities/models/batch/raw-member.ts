const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN: ReadonlySet<number> = new Set(Buffer.from('{['));
const CLOSE: ReadonlySet<number> = new Set(Buffer.from('}]'));
const SPACE: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));
const [BRACE, COLON, COMMA] = [0x7b, 0x3a, 0x2c];

/**
 * The bytes of one member's value as they stand in the text of a JSON object, so that its digest is that of what was
 * sent and not of what we would write. `json` must be valid; null when it is no object or has no such member. Of members
 * with the same name the last counts, as in `JSON.parse`.
 */
export function rawMember(json: Buffer, name: string): Buffer | null {
  let found: Buffer | null = null;
  let at = skipSpace(json, 0);
  if (json[at] !== BRACE) return null;
  at = skipSpace(json, at + 1);
  while (json[at] === QUOTE) {
    const keyEnd = endOfString(json, at);
    const key: unknown = JSON.parse(json.toString('utf8', at, keyEnd));
    at = skipSpace(json, keyEnd);
    if (json[at] !== COLON) return null;
    const start = skipSpace(json, at + 1);
    const end = endOfValue(json, start);
    if (key === name) found = json.subarray(start, end);
    at = skipSpace(json, end);
    if (json[at] === COMMA) at = skipSpace(json, at + 1);
  }
  return found;
}

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (SPACE.has(json[at] ?? 0)) at += 1;
  return at;
}

/** Where the string that begins at `from` is over. */
function endOfString(json: Buffer, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function endOfValue(json: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  while (at < json.length) {
    const byte = json[at] ?? 0;
    if (depth === 0 && at > from && (byte === COMMA || CLOSE.has(byte) || SPACE.has(byte))) return at;
    if (byte === QUOTE) {
      at = endOfString(json, at);
      if (depth === 0) return at;
      continue;
    }
    if (OPEN.has(byte)) depth += 1;
    if (CLOSE.has(byte)) depth -= 1;
    at += 1;
    if (depth === 0 && CLOSE.has(byte)) return at;
  }
  return at;
}
