import { realpathSync } from 'node:fs';
import { delimiter, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellVariable } from './shell-variable.ts';

const program = fileURLToPath(new URL('../bin/gettok', import.meta.url));

/** How this program is called where the command was typed: `gettok` when installed or on the path, else the way to a checkout's own. */
export const commandName = (): string =>
  program.includes(`${sep}node_modules${sep}`) || isOnPath() ? 'gettok' : relative(process.cwd(), program);

/** Whether `gettok` is this program: another one on the path would not have these commands. */
function isOnPath(): boolean {
  for (const folder of shellVariable('PATH').split(delimiter)) {
    const found = realpath(join(folder || '.', 'gettok'));
    if (found !== null) return found === realpath(program);
  }
  return false;
}

function realpath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** A command as a person would type it in a POSIX shell. */
export const commandLine = (...words: readonly string[]): string =>
  [commandName(), ...words]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');

/** Folder and branch as arguments; what is the default anyway is left out. */
export const targetWords = (folder: string, branch: string): string[] => [
  ...(folder === '.' ? [] : [folder]),
  ...(branch === 'main' ? [] : ['--branch', branch]),
];

/** What a person can do about a run that is left to itself. */
export const seeOrStop = (folder: string, branch: string): string =>
  `See it: ${commandLine('status', ...targetWords(folder, branch), '--watch')}    Stop it: ${commandLine('cancel', ...targetWords(folder, branch))}`;
