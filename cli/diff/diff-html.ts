import type { Json } from '../../manifests/canonical-json.ts';
import type { ChangedCell, ColumnDiff, LoneColumn, VersionDiff } from '../../datasets/diff/version-diff.ts';
import { formatCount, plural } from '../terminal/format-number.ts';
import { escapeHtml } from '../report/markup.ts';
import type { DiffNames } from './diff-markdown.ts';
import {
  causesText,
  configurationText,
  partText,
  rowsTexts,
  shownText,
  signedText,
  unchangedText,
  valueText,
} from './diff-words.ts';
import { isProse, type WordChange, wordDiff } from './word-diff.ts';

/** What differs between two versions as one HTML file that needs nothing else: no script, no other resource. */
export function diffHtml(diff: VersionDiff, names: DiffNames): string {
  const changed = diff.columns.filter((column) => column.changed > 0);
  const title = `${diff.b.dataset}: ${names.a} → ${names.b}`;
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<dl>${[['A', diff.a] as const, ['B', diff.b] as const]
      .map(
        ([letter, { dataset, version }]) =>
          `<dt>${letter}</dt><dd>${escapeHtml(dataset)} <code>${escapeHtml(version)}</code></dd>`,
      )
      .join('')}</dl>`,
    `<p class="rows">${rowsTexts(diff.rows)
      .map((text) => `<span>${escapeHtml(text)}</span>`)
      .join(' ')}</p>`,
    ...table(
      'Configuration',
      ['step', 'part', 'A', 'B'],
      diff.configuration.map((change) => [
        escapeHtml(change.step),
        escapeHtml(partText(change)),
        value(configurationText(change.old)),
        value(configurationText(change.new)),
      ]),
    ),
    ...columnTable(changed),
    ...paragraph('Unchanged', unchangedText(diff.columns)),
    ...paragraph('Only in A', diff.only_in.a.map(loneText)),
    ...paragraph('Only in B', diff.only_in.b.map(loneText)),
    ...changed.flatMap(sampleTable),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>`;
}

const loneText = ({ column, rows, cause }: LoneColumn) => `${column} (${plural(rows, 'row')}, ${cause})`;

function columnTable(changed: readonly ColumnDiff[]): string[] {
  const titles = ['column', '>changed', 'why', '>mean', '>median', '>min', '>max'];
  const rows = changed.map(({ column, changed: count, causes, moved }) => [
    `<a href="#${encodeURIComponent(column)}">${escapeHtml(column)}</a>`,
    formatCount(count),
    escapeHtml(causesText(causes)),
    ...(moved ? [moved.mean, moved.median, moved.min, moved.max].map(signedText) : ['', '', '', '']),
  ]);
  const note = 'Mean, median, smallest and largest are of B minus A, over the changed cells that are numbers in both.';
  return table('Columns', titles, rows, changed.some(({ moved }) => moved) ? note : null);
}

function sampleTable(column: ColumnDiff): string[] {
  const rows = column.samples.map((sample) => [
    `<code>${escapeHtml(sample.id)}</code>`,
    ...sides(sample),
    escapeHtml(sample.cause),
  ]);
  return table(column.column, ['id', 'A', 'B', 'why'], rows, shownText(column), encodeURIComponent(column.column));
}

/** Both values; of texts that have something in common, the words that only one of them has are marked. */
function sides({ old, new: now }: ChangedCell): [string, string] {
  const words = isProse(old) && isProse(now) ? wordDiff(old, now) : null;
  if (!words) return [valueOf(old), valueOf(now)];
  const side = (mark: WordChange['kind'], tag: string) =>
    words
      .filter(({ kind }) => kind === 'same' || kind === mark)
      .map(({ kind, text }) => (kind === 'same' ? escapeHtml(text) : `<${tag}>${escapeHtml(text)}</${tag}>`))
      .join('');
  return [`<bdi>${side('removed', 'del')}</bdi>`, `<bdi>${side('added', 'ins')}</bdi>`];
}

function valueOf(of: Json): string {
  const text = valueText(of);
  return text === null ? '<i>null</i>' : value(text);
}

const value = (text: string) => `<bdi>${escapeHtml(text)}</bdi>`;

/** Cells are HTML; titles that begin with `>` are of numbers. Nothing without rows. */
function table(
  title: string,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  note: string | null = null,
  id: string | null = null,
): string[] {
  if (rows.length === 0) return [];
  const number = (index: number) => (titles[index]!.startsWith('>') ? ' class="number"' : '');
  return [
    `<h2${id === null ? '' : ` id="${id}"`}>${escapeHtml(title)}</h2>`,
    ...(note === null ? [] : [`<p>${escapeHtml(note)}</p>`]),
    '<table>',
    `<thead><tr>${titles.map((one, index) => `<th${number(index)}>${escapeHtml(one.replace('>', ''))}</th>`).join('')}</tr></thead>`,
    `<tbody>`,
    ...rows.map((row) => `<tr>${row.map((cell, index) => `<td${number(index)}>${cell}</td>`).join('')}</tr>`),
    '</tbody>',
    '</table>',
  ];
}

const paragraph = (title: string, words: readonly string[]) =>
  words.length === 0 ? [] : [`<p><b>${title}:</b> ${escapeHtml(words.join(', '))}</p>`];

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --old: #d1242f33; --new: #1a7f3733; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 .75rem; } dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
.rows span { margin-right: 1.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
td bdi { white-space: pre-wrap; overflow-wrap: anywhere; }
td code { overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
del { background: var(--old); } ins { background: var(--new); text-decoration: none; }
@media print { body { max-width: none; } }
`;
