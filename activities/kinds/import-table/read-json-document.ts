import { isList, isStruct } from '../../../datasets/is-list.ts';
import { jsonFault } from './json-fault.ts';
import { parseJson, type RawRow, type RawValue } from './raw-value.ts';
import { isWellFormed } from './read-json-lines.ts';
import { readLines } from './read-lines.ts';
import type { TableFile } from './table-files.ts';
import { shown, type TableProblems } from './table-problems.ts';

/** A document is parsed as a whole, and text of more than half a gigabyte can't be. */
const MAX_CHARACTERS = 256 * 1024 * 1024;

/** The object that a file is, or the objects of the list that it is. */
export async function* readJsonDocument(file: TableFile, problems: TableProblems): AsyncIterable<RawRow> {
  const document = await readDocument(file, problems);
  if (document === undefined) return;
  const items = isList(document) ? document : [document];
  for (const [index, item] of items.entries()) {
    const place = isList(document) ? `${file.name} [${index}]` : file.name;
    if (!isStruct(item)) problems.add(place, `found ${shown(item)}, expected a JSON object`);
    else if (!isWellFormed(item)) problems.add(place, 'it has half a surrogate pair, which is no character');
    else yield { place, values: item };
  }
}

async function readDocument(file: TableFile, problems: TableProblems): Promise<RawValue | undefined> {
  const lines: string[] = [];
  let size = 0;
  for await (const { number, text } of readLines(file)) {
    size += (text?.length ?? 0) + 1;
    if (text === null) {
      problems.add(`${file.name}:${number}`, 'the line is no UTF-8 text');
      return undefined;
    }
    if (size > MAX_CHARACTERS) {
      problems.add(
        file.name,
        'the JSON document has more than 256 million characters; write it as JSON Lines, such as with jq -c',
      );
      return undefined;
    }
    lines.push(text);
  }
  const text = lines.join('\n');
  try {
    return parseJson(text);
  } catch {
    const { column, found } = jsonFault(text);
    const before = text.slice(0, column - 1);
    const line = before.split('\n').length;
    problems.add(
      `${file.name}:${line}:${column - before.lastIndexOf('\n') - 1}`,
      found === ''
        ? 'the file ends before its JSON does'
        : `found ${shown(found)}, which can't stand here in JSON${isJson(before) ? '; has the file one JSON object a line? Say format: jsonl' : ''}`,
    );
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
