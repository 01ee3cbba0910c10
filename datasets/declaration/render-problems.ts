import picocolors from 'picocolors';
import { displayWidth } from './display-width.ts';
import type { Problem } from './problem.ts';

export interface RenderOptions {
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Texts by file, for excerpts. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Problems as a person reads them, in the order of files and lines: where and what, the line, under it what was expected,
 * and at last how many there are. Control characters of the files don't reach the terminal.
 */
export function renderProblems(problems: readonly Problem[], { colour, width, sources }: RenderOptions): string {
  const paint = picocolors.createColors(colour);
  const gutter = Math.max(4, ...problems.map(({ line }) => String(line ?? '').length + 1));
  const rendered = inReadingOrder(problems, [...sources.keys()]).map((problem) => {
    const { file, line, column, message } = problem;
    const place = [file, line, column].filter((part) => part !== null).join(':');
    const head = `${paint.bold(printable(place))}  ${paint.red(printable(message))}`;
    const text = line === null ? undefined : sources.get(file)?.split('\n')[line - 1];
    const note = printable(noteOf(problem));
    if (text === undefined || line === null || column === null) return note === '' ? head : `${head}: ${note}`;
    const room = Math.max(20, width - gutter - 4);
    const excerpt = excerptOf(text, column - 1, Math.max(1, problem.length), room);
    const bar = paint.dim('│');
    const carets = `${' '.repeat(excerpt.indent)}${paint.red('^'.repeat(excerpt.carets))}`;
    const beside = excerpt.indent + excerpt.carets + 1 + displayWidth(note) <= room;
    const below = beside || note === '' ? [] : wrapped(note, room);
    return [
      head,
      `${paint.dim(String(line).padStart(gutter))} ${bar} ${excerpt.text}`,
      `${' '.repeat(gutter)} ${bar} ${carets}${beside && note !== '' ? ` ${note}` : ''}`,
      ...below.map((words) => `${' '.repeat(gutter)} ${bar} ${words}`),
    ].join('\n');
  });
  return [...rendered, `${problems.length} problem${problems.length === 1 ? '' : 's'}; nothing was run.`].join('\n');
}

/** What was expected and what to do, as it stands under the carets. */
function noteOf({ expected, suggestion }: Problem): string {
  if (expected === null) return suggestion ?? '';
  return suggestion === null ? `expected ${expected}` : `expected ${expected}. ${suggestion}`;
}

/** What has no line first (values set on the command line), then the files as listed, each from its top. */
function inReadingOrder(problems: readonly Problem[], files: readonly string[]): Problem[] {
  const rank = ({ file, line }: Problem) => (line === null ? -1 : files.indexOf(file));
  return problems.toSorted(
    (a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

/** The part of a line that fits, with the marked characters in it, and where the carets go under it. */
function excerptOf(line: string, start: number, length: number, room: number) {
  const end = Math.max(start + 1, Math.min(line.length, start + length));
  let from = 0;
  if (displayWidth(printable(line.slice(0, end))) > room - 1)
    from = Math.max(0, Math.min(start, end - Math.floor(room / 2)));
  if (displayWidth(printable(line.slice(from, end))) > room - 2) from = start;
  const before = (from > 0 ? '…' : '') + printable(line.slice(from, start));
  const text = (from > 0 ? '…' : '') + printable(line.slice(from));
  const cut = cutTo(text, room);
  const indent = displayWidth(before);
  const marked = Math.max(1, displayWidth(printable(line.slice(start, end))));
  return { text: cut, indent, carets: Math.max(1, Math.min(marked, room - indent)) };
}

function cutTo(text: string, room: number): string {
  if (displayWidth(text) <= room) return text;
  let width = 0;
  let cut = '';
  for (const character of text) {
    width += displayWidth(character);
    if (width > room - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

function wrapped(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Tabs as two spaces; what would move or turn the text of a terminal as a replacement character. */
const printable = (text: string) =>
  text.replaceAll('\t', '  ').replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
