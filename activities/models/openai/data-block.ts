import type { CellValue } from '../../../datasets/column-type.ts';
import { renderPrompt } from '../../../datasets/declaration/prompt-template.ts';
import type { Question } from '../question.ts';

/**
 * The prompt with what comes from videos between tags that it can't close: whatever stands there was not written by
 * whoever asks. Numbers and what is missing go in as they are.
 */
export function delimitedPrompt({ prompt, texts }: Pick<Question, 'prompt' | 'texts'>): string {
  const blocks = Object.entries(texts).map(([name, value]): [string, CellValue] => [name, delimited(name, value)]);
  return renderPrompt(prompt.text, Object.fromEntries(blocks));
}

function delimited(name: string, value: CellValue): CellValue {
  if (value === null || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return value;
  return dataBlock(typeof value === 'string' ? value : renderPrompt(`{{${name}}}`, { [name]: value }));
}

/** The tag is the first of data, data-2, data-3 … that the text doesn't contain: it can't know which. */
export function dataBlock(text: string): string {
  let tag = 'data';
  if (/<\s*\/?\s*data/i.test(text)) {
    let number = 2;
    while (text.toLowerCase().includes(`data-${number}`)) number += 1;
    tag = `data-${number}`;
  }
  return `<${tag}>${text}</${tag}>`;
}
