/** Where a text stops being JSON. */
export interface JsonFault {
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** What stands there; empty at the end of the text. */
  readonly found: string;
}

/**
 * Finds the first character at which a text that `JSON.parse` refused can't be JSON any more. V8 says where for most
 * faults, but not for all; parsing ever shorter beginnings finds it for each.
 */
export function jsonFault(text: string): JsonFault {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const offset = Math.min(bad - 1, text.length);
  return { column: offset + 1, found: /^(\w+|.?)/su.exec(text.slice(offset))![0] };
}

/** Whether a text is JSON, or the beginning of some. */
function mayGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (message === 'Unexpected end of JSON input' || message.startsWith('Unterminated string')) return true;
    const position = /at position (\d+)/.exec(message)?.[1];
    return position !== undefined && Number(position) >= text.length;
  }
}
