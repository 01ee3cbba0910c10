import type { Database } from '../parquet/database.ts';
import { NOT_SAMPLED } from '../cell.ts';
import { quoteText } from '../parquet/sql-text.ts';
import { textIn } from '../parquet/row-text.ts';
import { classScores } from './class-scores.ts';
import { cohenKappa } from './cohen-kappa.ts';
import type { ComparedSide } from './compared-side.ts';
import type { ComparedPair, Measure, TextAgreement } from './comparison.ts';
import { agreeingRows, confusionMatrix } from './confusion-matrix.ts';
import { distributionOf } from './distribution.ts';
import { JOINED } from './join-sides.ts';
import { labelOrder } from './label-order.ts';
import type { LabelPattern } from './label-pattern.ts';
import { numericAgreement } from './numeric-agreement.ts';
import { similarityOf } from './similarity.ts';
import { textOverlap } from './text-overlap.ts';

/** Two of the sides in the table `joined`, over the rows that have a value on both. */
export async function comparePair(
  database: Database,
  sides: readonly ComparedSide[],
  [first, second]: readonly [number, number],
  measure: Measure,
  patterns: readonly LabelPattern[],
): Promise<ComparedPair> {
  const counts = await countRows(database, first, second);
  const base = { first, second, ...counts, agreement: counts.both === 0 ? null : counts.equal / counts.both };
  const vectors = sides[first]!.embedding && sides[second]!.embedding;
  const similarity = vectors ? { similarity: await similarityOf(database, first, second) } : {};
  if (measure === 'labels') return { ...base, ...labelsOf(sides, [first, second], patterns, counts), ...similarity };
  if (measure === 'text') return { ...base, text: await textOf(database, first, second), ...similarity };
  const pairs: [number, number][] = [];
  const both = `SELECT v${first} AS a, v${second} AS b FROM ${JOINED} WHERE v${first} IS NOT NULL AND v${second} IS NOT NULL`;
  for await (const rows of database.stream(both)) for (const { a, b } of rows) pairs.push([Number(a), Number(b)]);
  const differences = distributionOf(pairs.map(([a, b]) => b - a));
  return { ...base, numbers: { ...numericAgreement(pairs), differences }, ...similarity };
}

async function countRows(database: Database, first: number, second: number) {
  const a = `v${first}`;
  const b = `v${second}`;
  const [row] = await database.rows(
    `SELECT count(*) FILTER (${a} IS NOT NULL AND ${b} IS NOT NULL) AS in_both, ` +
      // Nobody has asked about what a pilot left out: that is no answer that is missing.
      `count(*) FILTER (${a} IS NOT NULL AND ${b} IS NULL AND coalesce(e${second}, '') <> ${quoteText(NOT_SAMPLED)}) AS only_first, ` +
      `count(*) FILTER (${a} IS NULL AND ${b} IS NOT NULL) AS only_second, count(*) FILTER (${a} = ${b}) AS equal FROM ${JOINED}`,
  );
  return {
    both: Number(row!['in_both']),
    onlyFirst: Number(row!['only_first']),
    onlySecond: Number(row!['only_second']),
    equal: Number(row!['equal']),
  };
}

function labelsOf(
  sides: readonly ComparedSide[],
  [first, second]: readonly [number, number],
  patterns: readonly LabelPattern[],
  { onlyFirst }: { readonly onlyFirst: number },
): Pick<ComparedPair, 'labels' | 'scores'> {
  const declared = sides.flatMap((side) => side.declared);
  const ofPair = patterns.map(({ labels: all, rows }) => ({ labels: [all[first] ?? null, all[second] ?? null], rows }));
  const matrix = confusionMatrix(ofPair, [0, 1], labelOrder(declared, ofPair));
  const labels = { matrix, kappa: cohenKappa(matrix) };
  if (!sides[first]!.gold || sides[second]!.gold) return { labels };
  const all = matrix.n + onlyFirst;
  const accuracyOfAll = all === 0 ? null : agreeingRows(matrix) / all;
  return { labels, scores: { ...classScores(matrix), accuracyOfAll } };
}

async function textOf(database: Database, first: number, second: number): Promise<TextAgreement> {
  const both = `FROM ${JOINED} WHERE v${first} IS NOT NULL AND v${second} IS NOT NULL`;
  const lengths = await database.rows(`SELECT length(v${first}) AS a, length(v${second}) AS b ${both}`);
  const [same] = await database.rows(`SELECT count(*) AS same ${both} AND v${first} = v${second}`);
  const jaccard = Array.from({ length: Number(same!['same']) }, () => 1);
  const rouge1 = [...jaccard];
  const differing = database.stream(`SELECT v${first} AS a, v${second} AS b ${both} AND v${first} <> v${second}`);
  for await (const rows of differing)
    for (const row of rows) {
      const overlap = textOverlap(textIn(row, 'a'), textIn(row, 'b'));
      if (overlap.jaccard !== null) jaccard.push(overlap.jaccard);
      if (overlap.rouge1 !== null) rouge1.push(overlap.rouge1);
    }
  const share = { from: 0, to: 1 };
  const longest = lengths.reduce((most, { a, b }) => Math.max(most, Number(a), Number(b)), 0);
  return {
    firstLength: distributionOf(
      lengths.map(({ a }) => Number(a)),
      { from: 0, to: longest },
    ),
    secondLength: distributionOf(
      lengths.map(({ b }) => Number(b)),
      { from: 0, to: longest },
    ),
    jaccard: distributionOf(jaccard, share),
    rouge1: distributionOf(rouge1, share),
  };
}
