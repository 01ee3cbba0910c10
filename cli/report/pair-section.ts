import type { ComparedPair, Comparison } from '../../datasets/compare/comparison.ts';
import { marginsOf } from '../../datasets/compare/confusion-matrix.ts';
import { formatCount } from '../terminal/format-number.ts';
import { numbersTable, scoresTable, textTable } from './comparison-tables.ts';
import { markup, type Markup } from './markup.ts';
import { matrixSection } from './matrix-section.ts';
import { histogram, pointPlot } from './plots.ts';
import { reportTable } from './report-table.ts';
import { decimals, FEW_ROWS, kappaText, measured, percent } from './statistic-text.ts';

/** All about two of the sides: tables and plots. */
export function pairSection(comparison: Comparison, pair: ComparedPair): Markup {
  const { sides } = comparison;
  const first = sides[pair.first]!.name;
  const second = sides[pair.second]!.name;
  return markup`<h2>${first} → ${second}</h2>
    ${missingNote(comparison, pair)} ${pair.labels && labelsPart(comparison, pair, pair.labels)}
    ${pair.numbers && numbersPart(pair, pair.numbers)} ${pair.text && textPart(pair, pair.text, [first, second])}
    ${similarityPart(pair)}`;
}

function missingNote({ sides }: Comparison, { first, second, both, onlyFirst, onlySecond }: ComparedPair): Markup {
  const one = (rows: number, side: number) => rows > 0 && ` In ${sides[side]!.name} alone: ${formatCount(rows)}.`;
  return markup`<p>
    ${formatCount(both)} rows have a value on both
    sides.${one(onlyFirst, first)}${!sides[first]!.gold && one(onlySecond, second)}
  </p>`;
}

function labelsPart(
  comparison: Comparison,
  pair: ComparedPair,
  { kappa }: NonNullable<ComparedPair['labels']>,
): Markup {
  const few = kappa.kappa !== null && pair.both < FEW_ROWS;
  return markup`<p>
      Agreement ${percent(pair.agreement)}, Cohen's kappa
      ${kappaText(kappa)}.${few && ' With so few rows the interval is only a rough one.'}
    </p>
    ${matrixSection(comparison, pair)} ${sharesPart(comparison, pair)} ${pair.scores && scoresPart(pair.scores)}`;
}

/** How often each label was given on either side, among the rows that have one on both. */
function sharesPart({ sides }: Comparison, pair: ComparedPair): Markup | false {
  const { matrix } = pair.labels!;
  if (matrix.n === 0) return false;
  const { first, second } = marginsOf(matrix);
  const names = [sides[pair.first]!.name, sides[pair.second]!.name];
  const rows = matrix.labels.map((label, index) => ({
    name: label,
    points: [first[index]!, second[index]!].map((count, side) => ({
      value: count / matrix.n,
      mark: side === 0 ? 'first' : 'second',
      title: `${label}, ${names[side]!}: ${formatCount(count)} rows, ${percent(count / matrix.n)}`,
    })),
  }));
  return markup`<h3>Share of each label</h3>
    ${key(names)} ${pointPlot(rows, 'Share of each label on both sides')}`;
}

/** Which form and colour stands for what. */
function key(names: readonly string[]): Markup {
  const forms = ['●', '■', '◆'];
  const marks = ['first', 'second', 'third'];
  return markup`<ul class="key">
    ${names.map((name, index) => markup`<li><i class="${marks[index]}">${forms[index]}</i>${name}</li>`)}
  </ul>`;
}

function scoresPart(scores: NonNullable<ComparedPair['scores']>): Markup {
  const names = ['precision', 'recall', 'f1'] as const;
  const marks = ['first', 'second', 'third'] as const;
  const title = (name: string) => (name === 'f1' ? 'F1' : name);
  const rows = scores.classes.map((of) => ({
    name: of.label,
    points: names.map((name, index) => ({
      value: of[name],
      mark: marks[index]!,
      title: `${of.label}: ${title(name)} ${decimals(of[name])}`,
    })),
  }));
  return markup`<h3>Against human labels</h3>
    <p>
      Accuracy ${percent(scores.accuracy)}; ${percent(scores.accuracyOfAll)} with rows without an answer counted as
      wrong.
    </p>
    ${key(names.map(title))} ${pointPlot(rows, 'Precision, recall and F1 of each label')} ${reportTable(scoresTable(scores))}`;
}

function numbersPart(pair: ComparedPair, { differences }: NonNullable<ComparedPair['numbers']>): Markup {
  return markup`${reportTable(numbersTable(pair))}
  ${
    differences &&
    markup`<h3>Differences, second minus first</h3>
      ${histogram(differences, 'How often each difference is', measured)}`
  }`;
}

function textPart(
  pair: ComparedPair,
  { firstLength, secondLength, jaccard, rouge1 }: NonNullable<ComparedPair['text']>,
  [first, second]: readonly [string, string],
): Markup {
  const share = (value: number) => decimals(value);
  return markup`${reportTable(textTable(pair))}
  ${
    jaccard &&
    markup`<h3>Words in common (Jaccard)</h3>
      ${histogram(jaccard, 'How often each Jaccard index is', share)}`
  }
  ${
    rouge1 &&
    markup`<h3>ROUGE-1 F1</h3>
      ${histogram(rouge1, 'How often each ROUGE-1 F1 is', share)}`
  }
  ${
    firstLength &&
    secondLength &&
    markup`<h3>Length in characters</h3>
      <ul class="key">
        <li><i class="first">▮</i>${first}</li>
        <li><i class="second">―</i>${second}</li>
      </ul>
      ${histogram(firstLength, 'How often each length is', (value) => formatCount(Math.round(value)), secondLength)}`
  }`;
}

function similarityPart({ similarity }: ComparedPair): Markup | false {
  if (!similarity) return false;
  const { cosine, incomparable } = similarity;
  return markup`<h3>Cosine similarity of the embeddings</h3>
    ${cosine ? histogram(cosine, 'How often each cosine similarity is', (value) => decimals(value)) : markup`<p>No row has a vector on both sides.</p>`}
    ${incomparable > 0 && markup`<p class="note">${formatCount(incomparable)} rows have vectors that can't be compared: of different lengths, or of zeros.</p>`}`;
}
