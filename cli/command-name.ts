import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/gettok', import.meta.url));

/** How this program is called where the command was typed: `gettok` when installed, else the way to a checkout's own. */
export const commandName = (): string =>
  program.includes(`${sep}node_modules${sep}`) ? 'gettok' : relative(process.cwd(), program);

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
