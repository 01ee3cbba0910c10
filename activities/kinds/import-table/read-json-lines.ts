import { isList, isStruct } from '../../../datasets/is-list.ts';
import { jsonFault } from './json-fault.ts';
import { parseJson, type RawRow, type RawValue } from './raw-value.ts';
import { readLines } from './read-lines.ts';
import type { TableFile } from './table-files.ts';
import { shown, type TableProblems } from './table-problems.ts';

/** Only an escape can put a lone surrogate into text that is UTF-8. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Rows of a JSON Lines file; lines that are none are reported and left out. */
export async function* readJsonLines(file: TableFile, problems: TableProblems): AsyncIterable<RawRow> {
  for await (const { number, text } of readLines(file)) {
    const place = `${file.name}:${number}`;
    if (text === null) problems.add(place, 'the line is no UTF-8 text');
    else if (text.trim() !== '') {
      const values = parseRow(text, place, problems);
      if (values) yield { place, values };
    }
  }
}

function parseRow(text: string, place: string, problems: TableProblems): RawRow['values'] | null {
  let value: RawValue;
  try {
    value = parseJson(text);
  } catch {
    const { column, found } = jsonFault(text);
    problems.add(
      `${place}:${column}`,
      found === ''
        ? 'the line ends before its JSON does'
        : `found ${shown(found)}, which can't stand here in JSON${hint(found)}`,
    );
    return null;
  }
  if (!isStruct(value)) {
    problems.add(place, `found ${shown(value)}, expected a JSON object: one row a line`);
    return null;
  }
  const lone = SURROGATE_ESCAPE.test(text)
    ? Object.entries(value).find(([name, field]) => !isWellFormed(name) || !isWellFormed(field))
    : undefined;
  if (lone) problems.add(place, `${lone[0].toWellFormed()} has half a surrogate pair, which is no character`);
  return lone ? null : value;
}

const hint = (found: string) => (/^(NaN|Infinity)$/.test(found) ? '; write null' : '');

export function isWellFormed(value: RawValue): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (isList(value)) return value.every(isWellFormed);
  return !isStruct(value) || Object.entries(value).every(([name, field]) => name.isWellFormed() && isWellFormed(field));
}
