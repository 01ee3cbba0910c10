import type { Command } from 'commander';
import { createProgram } from '../../cli/main.ts';

/** A block that this writes: the help of the command which the last heading of its kind names. */
const HELP_BLOCK = /(^## gettok(?: ([a-z]+))?\n(?:(?!^## )[^])*?^```help\n)[^]*?(^```$)/gmu;

/** docs/command-line.md with every help text as the command line prints it at 100 columns. */
export function withHelp(page: string): string {
  const program = createProgram();
  return page.replaceAll(HELP_BLOCK, (_, before: string, name: string | undefined, end: string) => {
    const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
    if (command === undefined) throw new Error(`docs/command-line.md: there is no command ${name}`);
    return `${before}${helpOf(command)}${end}`;
  });
}

/** What `--help` prints, with its example. */
export function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => (help += text),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return help;
}
