import { createLogUpdate } from 'log-update';

/** Lines that change in place on a terminal; in a pipe nothing but the last state, and plain news now and then. */
export interface LiveLines {
  show(lines: readonly string[]): void;
  /** Leaves the last state on the screen. */
  done(): void;
}

export function liveLines(stream: NodeJS.WriteStream): LiveLines {
  if (!stream.isTTY) return plainLines(stream);
  const update = createLogUpdate(stream);
  return { show: (lines) => update(lines.join('\n')), done: () => update.done() };
}

const PLAIN_EVERY_MS = 10_000;

function plainLines(stream: NodeJS.WriteStream): LiveLines {
  let printedAt = Date.now();
  let last: readonly string[] = [];
  let printed = '';
  const print = () => {
    const text = last.join('\n');
    if (text !== printed && text !== '') stream.write(`${text}\n`);
    printed = text;
    printedAt = Date.now();
  };
  return {
    show(lines) {
      last = lines;
      if (Date.now() - printedAt >= PLAIN_EVERY_MS) print();
    },
    done: print,
  };
}
