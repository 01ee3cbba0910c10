/**
 * Brings what GET-Tok needs to this machine: `node cli/set-up/main.mjs demo`, `test`, or names of parts. Runs before
 * `npm install` ever was and on Node 18, so it and all it imports use Node's own modules only.
 */
import { createBoard } from './board.mjs';
import { parts, partSets } from './parts.mjs';
import { ChildFailedError, endChildren } from './run-child.mjs';
import { NotToBeHadError, SetUpError } from './set-up-error.mjs';

const SHOWN_LINES = 15;

/** @typedef {{ mark: '✔' | '✘' | '–', text: string, error?: Error }} Result */

const asked = chooseParts(process.argv.slice(2));
const board = createBoard(process.stderr);

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.once(signal, () => {
    void endChildren().then(() => process.exit(code));
  });
}

const results = await Promise.all(asked.map(setUp));
board.clear();
board.summary(results);
// Parts that come together fail together, with one and the same error.
for (const error of new Set(results.map((result) => result.error))) {
  if (error) process.stderr.write(error instanceof NotToBeHadError ? noteOf(error) : problemOf(error));
}
// Not process.exit: what was written must come out first, in a pipe too.
process.exitCode = results.some(({ mark }) => mark === '✘') ? 1 : 0;

/**
 * @param {string[]} names
 * @returns {readonly import('./part.mjs').Part[]}
 */
function chooseParts(names) {
  const set = names.length === 1 ? partSets.get(names[0] ?? '') : undefined;
  const chosen = set ?? names.flatMap((name) => parts.get(name) ?? []);
  if (set || (names.length > 0 && chosen.length === names.length)) return chosen;
  const known = [...parts.keys()].join(' ');
  process.stderr.write(`usage: node cli/set-up/main.mjs demo|test, or names of parts: ${known}\n`);
  return process.exit(2);
}

/**
 * @param {import('./part.mjs').Part} part
 * @returns {Promise<Result>}
 */
async function setUp(part) {
  try {
    const there = await part.find();
    const found = there ?? (await part.install((doing) => board.doing(part.name, doing)));
    const text = part.name === 'packages' ? part.name : `${part.name} ${found.version}`;
    if (!there) board.done(part.name, '✔', `${found.version}, ${found.from}`);
    return { mark: '✔', text };
  } catch (caught) {
    const error = caught instanceof Error ? caught : new Error(String(caught));
    const mark = error instanceof NotToBeHadError ? '–' : '✘';
    board.done(part.name, mark, error instanceof SetUpError ? error.missing : error.message);
    return { mark, text: mark === '–' ? `no ${part.name}` : part.name, error: explained(part, error) };
  }
}

/**
 * @param {import('./part.mjs').Part} part
 * @param {Error} error
 */
function explained(part, error) {
  return error instanceof ChildFailedError ? new SetUpError(part.name, error.message, part.mend, error.tail) : error;
}

/** @param {Error} error */
function noteOf(error) {
  return error instanceof SetUpError ? `            no ${error.part}: ${error.missing}\n` : '';
}

/** @param {Error} error */
function problemOf(error) {
  if (!(error instanceof SetUpError)) return `\n${error.stack}\n`;
  const tail = error.logTail ? error.logTail.split('\n').slice(-SHOWN_LINES) : [];
  const lines = [
    `✘ ${error.part}: ${error.missing}`,
    ...tail.map((line) => `    ${line}`),
    `  Mend it with:  ${error.mend}`,
  ];
  return `\n${lines.join('\n')}\n`;
}
