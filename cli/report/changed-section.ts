import type { ChangedRow, Comparison } from '../../datasets/compare/comparison.ts';
import { formatCount } from '../terminal/format-number.ts';
import { markup, type Markup } from './markup.ts';

/** Longer texts are cut: the report is to be read, and the whole value is in the dataset. */
const LONGEST = 4000;

/** The sampled rows, folded together by the kind of change. */
export function changedSection({ changed, sides }: Comparison): Markup {
  const byStratum = Map.groupBy(changed.samples, ({ stratum }) => stratum);
  const rows = new Map(changed.strata.map(({ stratum, rows: count }) => [stratum, count]));
  const groups = [...byStratum].map(
    ([stratum, samples], index) =>
      markup`<details${index === 0 && markup` open`}><summary><bdi>${stratum}</bdi> <span class="soft">${formatCount(samples.length)} of ${formatCount(rows.get(stratum) ?? 0)}</span></summary>
${samples.map((row) =>
  rowArticle(
    row,
    sides.map(({ name }) => name),
    changed.context,
  ),
)}</details>`,
  );
  return markup`<h3>Rows to read</h3>
    ${groups}`;
}

function rowArticle({ id, values, context }: ChangedRow, names: readonly string[], columns: readonly string[]): Markup {
  const shown = [
    ...values.map((value, index) => [names[index]!, value] as const),
    ...context.map((value, index) => [columns[index]!, value ?? '–'] as const),
  ];
  return markup`<article>
    <h4>${id}</h4>
    <dl>
      ${shown.map(
        ([name, value]) =>
          markup`<dt>${name}</dt>
            <dd dir="auto">${value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value || '–'}</dd>`,
      )}
    </dl>
  </article> `;
}
