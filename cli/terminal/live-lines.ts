import { createLogUpdate } from 'log-update';
import { widthOf } from './colours.ts';
import { truncate } from './render-table.ts';

export interface LiveLine {
  readonly text: string;
  /** Nothing more will happen to it. */
  readonly final: boolean;
  /** Something that a log should have when it begins, such as a long wait: printed once each, also in a pipe. */
  readonly news?: string | undefined;
}

/** Lines that change in place on a terminal. */
export interface LiveLines {
  /** How often there is something to look at; null when nothing is shown. Each look costs Temporal and the workers. */
  readonly lookEveryMs: number | null;
  show(lines: readonly LiveLine[]): void;
  /** Leaves the last state on the screen. */
  done(): void;
}

export function liveLines(stream: NodeJS.WriteStream): LiveLines {
  if (!stream.isTTY) return plainLines(stream);
  const update = createLogUpdate(stream);
  return {
    lookEveryMs: 400,
    show: (lines) => update(lines.map(({ text }) => truncate(text, widthOf(stream) - 1)).join('\n')),
    done: () => update.done(),
  };
}

const PLAIN_EVERY_MS = 30_000;

/** In a pipe each line is printed once it is final, and those at work now and then, so that a log stays readable. */
function plainLines(stream: NodeJS.WriteStream): LiveLines {
  const printed = new Set<string>();
  let last: readonly LiveLine[] = [];
  let printedAt = Date.now();
  const print = (lines: readonly LiveLine[]) => {
    for (const { text } of lines) if (!printed.has(text)) stream.write(`${text}\n`);
    for (const { text } of lines) printed.add(text);
  };
  return {
    lookEveryMs: 2000,
    show(lines) {
      last = lines;
      print(lines.filter(({ final }) => final));
      for (const { news } of lines) if (news !== undefined) print([{ text: news, final: true }]);
      if (Date.now() - printedAt < PLAIN_EVERY_MS) return;
      print(lines);
      printedAt = Date.now();
    },
    done: () => print(last),
  };
}
