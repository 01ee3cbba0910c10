import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from './checkout-copy.ts';

/** A block of commands, and the block of what they print where the page has it right below. */
const TYPED = /^```sh\n([^]*?)^```\n(?:\n```text\n[^]*?^```\n)?/gm;

/** A page of the documentation, for tests that do what it says. */
export class ManualPage {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** By its path in the checkout. */
  static async read(path: string): Promise<ManualPage> {
    return new ManualPage(await readFile(join(checkout, path), 'utf8'));
  }

  /** The texts of its fenced blocks in one language. */
  blocks(language: string): string[] {
    return [...this.text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, of, text]) =>
      of === language ? [text!] : [],
    );
  }

  /** The page with what each of its `sh` blocks printed right below it, and nothing there where it printed nothing. */
  withOutputs(outputs: readonly string[]): string {
    const next = outputs.values();
    return this.text.replaceAll(TYPED, (_, commands: string) => {
      const output = next.next().value ?? '';
      return `\`\`\`sh\n${commands}\`\`\`\n${output === '' ? '' : `\n\`\`\`text\n${output}\n\`\`\`\n`}`;
    });
  }
}
