import { displayWidth } from './render-table.ts';

/** Lines of at most this width, broken at spaces; a word that is longer stands in a line of its own. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    const wide = displayWidth(word);
    if (used > 0 && used + 1 + wide > width) {
      lines.push(line);
      line = word;
      used = wide;
    } else {
      line = used === 0 && line === '' ? word : `${line} ${word}`;
      used += wide + (used === 0 ? 0 : 1);
    }
  }
  return [...lines, line];
}
