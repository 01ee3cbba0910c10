import type { PromptChange } from '../prompt-changes.ts';
import type { Colours } from './colours.ts';
import { formatCount } from './format-number.ts';
import { printable } from './render-table.ts';

/** Lines that are shown of one prompt. */
const SHOWN = 24;

/** What is new in prompts, so that nobody pays for an edit that was a slip. */
export function renderPromptChanges(changes: readonly PromptChange[], { red, green, dim }: Colours): string[] {
  return changes.flatMap(({ step, parameter, path, lines }) => [
    '',
    `  ${printable(path ?? 'no prompt')}  (${printable(`${step}.${parameter}`)})`,
    ...lines.slice(0, SHOWN).map((line) => {
      const text = `    ${printable(line)}`.trimEnd();
      if (line.startsWith('+')) return green(text);
      return line.startsWith('-') ? red(text) : dim(text);
    }),
    ...(lines.length > SHOWN ? [dim(`    … and ${formatCount(lines.length - SHOWN)} more lines`)] : []),
  ]);
}
