import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { diffHtml } from '../../../cli/diff/diff-html.ts';
import { diffMarkdown } from '../../../cli/diff/diff-markdown.ts';
import { renderDiff } from '../../../cli/terminal/render-diff.ts';
import type { VersionDiff } from '../../../datasets/diff/version-diff.ts';
import { SAMPLE_DIFF } from './sample-diff.ts';

const NAMES = { a: 'v1.1.0', b: 'v1.2.0' };
const plain = (diff: VersionDiff, width: number) => renderDiff(diff, { width, colours: pc.createColors(false) });

describe('a diff', () => {
  it('in a pipe', async () => {
    await expect(plain(SAMPLE_DIFF, 160)).toMatchFileSnapshot('snapshots/diff.txt');
  });

  it('on a narrow terminal stays within it', async () => {
    const text = plain(SAMPLE_DIFF, 80);
    await expect(text).toMatchFileSnapshot('snapshots/diff-80.txt');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('on a terminal marks words by colour, and nothing in it steers the terminal', () => {
    const text = renderDiff(SAMPLE_DIFF, { width: 100, colours: pc.createColors(true) });
    expect(text).toContain('\u001b[32mMayo\u001b[39m');
    expect(text).not.toContain('\u001b[31m \u202e');
    expect(text).not.toContain('[-');
  });

  it('without differences says so', () => {
    const rows = { rows: 0, causes: [], ids: [] };
    const same = { a: 5, b: 5, in_both: 5, changed: 0, added: rows, removed: rows };
    const unchanged = SAMPLE_DIFF.columns.filter(({ changed }) => changed === 0);
    const diff = { ...SAMPLE_DIFF, rows: same, configuration: [], columns: unchanged, only_in: { a: [], b: [] } };
    expect(plain(diff, 100)).toBe(
      [
        'rows   0 removed   0 added   5 in both   0 of them changed',
        '',
        '  unchanged  transcript (2 columns)',
        '',
        'No cell differs.',
      ].join('\n'),
    );
  });

  it('as Markdown', async () => {
    await expect(diffMarkdown(SAMPLE_DIFF, NAMES)).toMatchFileSnapshot('snapshots/diff.md.txt');
  });

  it('as HTML needs nothing else, and nothing in it is more than text', async () => {
    const html = diffHtml(SAMPLE_DIFF, NAMES);
    await expect(html).toMatchFileSnapshot('snapshots/diff.html.txt');
    const tags = new Set([...html.matchAll(/<([a-z]\w*)/g)].map(([, tag]) => tag!));
    for (const tag of ['script', 'img', 'link', 'iframe']) expect(tags).not.toContain(tag);
    expect([...html.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, to]) => to![0])).toEqual(['#', '#', '#']);
  });
});
