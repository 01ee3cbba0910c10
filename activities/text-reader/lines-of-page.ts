import type Tesseract from 'tesseract.js';
import type { Box, TextLine } from './text-reader.ts';

/** A line of a single letter or of signs alone is, more often than not, an edge in the picture. */
const MIN_LETTERS = 2;

/** The lines of a page from the words that the engine is sure of. */
export function linesOfPage(page: Tesseract.Page, minConfidence: number): TextLine[] {
  const blocks = page.blocks ?? [];
  return blocks
    .flatMap(({ paragraphs }) => paragraphs)
    .flatMap(({ lines }) => lines)
    .flatMap(({ words }) => lineOf(words.filter(({ confidence }) => confidence >= minConfidence)));
}

function lineOf(words: readonly Tesseract.Word[]): TextLine[] {
  const text = words
    .map((word) => word.text.trim())
    .join(' ')
    .normalize('NFC');
  if (lettersOf(text).length < MIN_LETTERS) return [];
  const characters = words.reduce((sum, word) => sum + word.text.length, 0);
  const confidence = words.reduce((sum, word) => sum + word.confidence * word.text.length, 0) / characters;
  return [{ text, confidence, box: words.map(({ bbox }) => bbox).reduce(around) }];
}

const around = (a: Box, b: Box): Box => ({
  x0: Math.min(a.x0, b.x0),
  y0: Math.min(a.y0, b.y0),
  x1: Math.max(a.x1, b.x1),
  y1: Math.max(a.y1, b.y1),
});

/** Letters and digits alone, without case: two readings of the same line differ in spaces and signs first. */
export const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
