import { parse, type ParserError } from 'parse5';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { comparisonHtml } from '../../../cli/report/comparison-html.ts';
import { comparisonJson } from '../../../cli/report/comparison-json.ts';
import { comparisonMarkdown } from '../../../cli/report/comparison-markdown.ts';
import { renderComparison } from '../../../cli/terminal/render-comparison.ts';
import { displayWidth } from '../../../cli/terminal/render-table.ts';
import { text } from '../../../datasets/column-type.ts';
import type { ComparedSide } from '../../../datasets/compare/compared-side.ts';
import { temporaryFolder } from '../../datasets/parquet/temporary-folder.ts';
import { sideOf } from '../../datasets/compare/compared-files.ts';
import { compared, goldSide, HOSTILE, labelSides, numberSides, textSides } from './small-comparisons.ts';

const CASES: Record<string, (folder: string) => Promise<ComparedSide[]>> = {
  labels: labelSides,
  gold: async (folder) => [await goldSide(folder), ...(await labelSides(folder))],
  text: textSides,
  numbers: numberSides,
};
const style = { width: 120, colours: pc.createColors(false) };

describe.each(Object.entries(CASES))('a comparison of %s', (name, sidesIn) => {
  const comparison = async () => {
    const folder = await temporaryFolder();
    return compared(folder, await sidesIn(folder), name === 'text' ? 'text' : undefined);
  };

  it('reads so on a terminal, in a paper and as JSON', async () => {
    const of = await comparison();
    await expect(`${renderComparison(of, null, style)}\n`).toMatchFileSnapshot(`snapshots/${name}.txt.snap`);
    await expect(comparisonMarkdown(of)).toMatchFileSnapshot(`snapshots/${name}.md.snap`);
    await expect(`${JSON.stringify(comparisonJson(of), null, 1)}\n`).toMatchFileSnapshot(`snapshots/${name}.json.snap`);
  });

  it('is a well-formed page that needs nothing but itself', async () => {
    const page = comparisonHtml(await comparison());
    const errors: ParserError[] = [];
    parse(page, { onParseError: (error) => errors.push(error) });
    expect(errors).toEqual([]);
    expect(page).not.toMatch(
      /<(script|link|img|iframe|object|embed|base|form)\b|\b(src|href|srcset|on\w+)=["']|url\(|@import|https?:/i,
    );
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/NaN|Infinity|undefined(?!:)|\[object/);
    expect(page).toContain('<svg ');
  });
});

it('shows labels and texts from strangers as text', async () => {
  const folder = await temporaryFolder();
  for (const sides of [await labelSides(folder), await textSides(folder)]) {
    const of = await compared(folder, sides);
    expect(comparisonHtml(of)).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;▯| `x`');
    expect(comparisonHtml(of)).not.toContain(HOSTILE.slice(0, 8));
  }
  const markdown = comparisonMarkdown(await compared(folder, await labelSides(folder)));
  expect(markdown).toContain('\\<img src=x onerror=alert(1)\\>"\'\\&▯\\| \\`x\\`');
});

it('lists the most frequent changes where a terminal is too narrow for the matrix', async () => {
  const folder = await temporaryFolder();
  const labels = Array.from({ length: 12 }, (_, index) => `quite a long label ${index}`);
  const given = (shift: number) =>
    Object.fromEntries(labels.map((_, index) => [`r${index}`, labels[(index + shift) % 12]!]));
  const sides = [
    await sideOf(folder, 'one', text(), given(0), { declared: labels }),
    await sideOf(folder, 'two', text(), given(1), { declared: labels }),
  ];
  const shown = renderComparison(await compared(folder, sides), null, { ...style, width: 80 });
  const [head, ...lines] = shown.split('\n');
  expect(head).toBe("agreement 0.0 %   Cohen's kappa -0.09 [-0.09, -0.09]   n = 12");
  expect(lines[0]).toBe('  quite a long label 0 → quite a long label 1   1');
  expect(lines[10]).toBe('  … and 2 more kinds of change; all with --json');
  expect(lines.slice(0, 11).every((line) => displayWidth(line) <= 80)).toBe(true);
});

it('says that a statistic is undefined, and why', async () => {
  const folder = await temporaryFolder();
  const same = { r1: 'yes', r2: 'yes' };
  const sides = [await sideOf(folder, 'one', text(), same), await sideOf(folder, 'two', text(), same)];
  const of = await compared(folder, sides);
  expect(renderComparison(of, null, style)).toContain(
    "agreement 100.0 %   Cohen's kappa undefined: all values are the same one, and by chance they would be too   n = 2",
  );
  expect(comparisonJson(of)).toMatchObject({ pairs: [{ cohen_kappa: { kappa: null, why: 'one_value' } }] });
  const apart = [await sideOf(folder, 'one', text(), { r1: 'yes' }), await sideOf(folder, 'two', text(), { r2: 'no' })];
  const nothing = await compared(folder, apart);
  expect(renderComparison(nothing, null, style)).toContain(
    "agreement –   Cohen's kappa undefined: no row has a value on both sides   n = 0",
  );
  expect(comparisonHtml(nothing)).not.toMatch(/NaN/);
});

it('takes a side without files for one without rows', async () => {
  const folder = await temporaryFolder();
  const [first, second] = await labelSides(folder);
  const of = await compared(folder, [first!, { ...second!, files: [] }]);
  expect(of.comparison.sides.map(({ counts }) => counts.rows)).toEqual([11, 0]);
  expect(of.comparison.pairs[0]).toMatchObject({ both: 0, onlyFirst: 9, agreement: null });
});
