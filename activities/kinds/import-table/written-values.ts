import { isList } from '../../../datasets/is-list.ts';
import { parseJson, type RawValue } from './raw-value.ts';

// How programs write values that CSV has no form for. Where a result may be undefined, it says that a value is written otherwise.

/** The `yes` and `no` of 4CAT. */
export const yesOrNo = (value: RawValue): boolean | undefined =>
  value === 'yes' ? true : value === 'no' ? false : undefined;

export const splitAt =
  (separator: string) =>
  (value: RawValue): string[] | undefined =>
    typeof value === 'string' ? value.split(separator).flatMap((item) => item.trim() || []) : undefined;

const WHOLE = /^(\d+)(\.0+)?$/;
const UTC = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|\+00:?00| UTC)?$/;

/** What `epochSeconds` takes. */
export const TIME = 'seconds since 1970 or a time in UTC such as 2023-01-09 14:03:11';

/** Seconds since 1970: as a number, or as a date and time in UTC such as `2023-01-09 14:03:11`. */
export function epochSeconds(value: RawValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const whole = WHOLE.exec(text);
  if (whole) return BigInt(whole[1]!);
  const [, day, time] = UTC.exec(text) ?? [];
  if (day === undefined) return undefined;
  const date = new Date(`${day}T${time}Z`);
  // A 31st of February would be a day in March.
  return Number.isNaN(date.valueOf()) || !date.toISOString().startsWith(day)
    ? undefined
    : BigInt(date.valueOf()) / 1000n;
}

/** Seconds since 1970 of milliseconds, as JavaScript has them. */
export const secondsOfMilliseconds = (value: RawValue): bigint | undefined =>
  typeof value === 'bigint' ? value / 1000n : undefined;

/** JSON that is written as text; other text is the JSON string that it is. */
export function jsonText(value: RawValue): RawValue {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

const PYTHON_ITEM = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+))\s*(,|$)/suy;
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gsu;
const CHARACTERS: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/** A list written as JSON, or as Python writes one, which is what pandas puts into CSV: `['peru', "it's"]`. */
export function listText(value: RawValue): RawValue | undefined {
  if (isList(value)) return value;
  if (typeof value !== 'string') return undefined;
  try {
    const parsed = parseJson(value);
    return isList(parsed) ? parsed : undefined;
  } catch {
    return pythonList(value.trim());
  }
}

function pythonList(text: string): string[] | undefined {
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  const inner = text.slice(1, -1);
  const items: string[] = [];
  PYTHON_ITEM.lastIndex = 0;
  while (PYTHON_ITEM.lastIndex < inner.length) {
    const match = PYTHON_ITEM.exec(inner);
    if (!match) return undefined;
    items.push(match[3] ?? unescaped(match[1] ?? match[2]!));
  }
  return items;
}

const unescaped = (text: string): string =>
  text.replaceAll(ESCAPE, (_all, ...[byte, short, long, other]: (string | undefined)[]) => {
    const code = byte ?? short ?? long;
    return code === undefined ? (CHARACTERS[other!] ?? other!) : String.fromCodePoint(Number.parseInt(code, 16));
  });
