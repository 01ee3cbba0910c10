import type { ClassScore, Scores } from '../../datasets/compare/class-scores.ts';
import type { ComparedPair, ReportedSide } from '../../datasets/compare/comparison.ts';
import type { NumericAgreement } from '../../datasets/compare/numeric-agreement.ts';
import { dollarsText } from '../../datasets/prices/dollars.ts';
import type { ComparedVersions } from '../compare-versions.ts';
import { askedRows, failedRows, refusedRows } from './statistic-text.ts';

/** What `gettok compare --json` prints; described in docs/command-line.md. */
export function comparisonJson({ comparison, gold }: ComparedVersions): object {
  const { dataset, measure, sides, rows, pairs, alpha, changed } = comparison;
  return {
    dataset,
    as: measure,
    rows,
    sides: sides.map(sideJson),
    ...(gold.length > 0 && { gold }),
    pairs: pairs.map((pair) => pairJson(pair, sides)),
    ...(alpha && { krippendorff_alpha: alpha }),
    changed: {
      of: changed.of,
      rows: changed.rows,
      strata: changed.strata,
      seed: changed.seed,
      samples: changed.samples.map(({ id, stratum, values, context }) => ({
        id,
        stratum,
        values: Object.fromEntries(sides.map(({ name }, index) => [name, values[index]])),
        ...(context.length > 0 && {
          context: Object.fromEntries(changed.context.map((name, index) => [name, context[index]])),
        }),
      })),
    },
  };
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const sideJson = ({ name, gold, made, counts }: ReportedSide) => ({
  name,
  gold,
  rows: counts.rows,
  with_value: counts.withValue,
  empty: counts.empty,
  skipped: counts.skipped,
  failed: counts.failed,
  failure_rate: share(failedRows(counts), askedRows(counts)),
  refusal_rate: share(refusedRows(counts), askedRows(counts)),
  ...(made && {
    version: made.version,
    column: made.column,
    kind: made.kind,
    models: made.models,
    calls: made.calls.calls,
    input_tokens: Number(made.calls.input_tokens),
    output_tokens: Number(made.calls.output_tokens),
    cost_usd: Number(dollarsText(BigInt(made.calls.cost_nano_usd))),
    unpriced_calls: made.calls.unpriced_calls,
  }),
});

function pairJson(pair: ComparedPair, sides: readonly ReportedSide[]) {
  const { labels, scores, numbers, text, similarity } = pair;
  return {
    first: sides[pair.first]!.name,
    second: sides[pair.second]!.name,
    n: pair.both,
    only_first: pair.onlyFirst,
    only_second: pair.onlySecond,
    equal: pair.equal,
    agreement: pair.agreement,
    ...(labels && {
      labels: labels.matrix.labels,
      matrix: labels.matrix.counts,
      cohen_kappa:
        labels.kappa.kappa === null
          ? { kappa: null, why: labels.kappa.why }
          : {
              kappa: labels.kappa.kappa,
              standard_error: labels.kappa.standardError,
              confidence_95: [labels.kappa.low, labels.kappa.high],
            },
    }),
    ...(scores && {
      accuracy: scores.accuracy,
      accuracy_of_all: scores.accuracyOfAll,
      classes: scores.classes.map(classJson),
      micro: scoresJson(scores.micro),
      macro: scoresJson(scores.macro),
      weighted: scoresJson(scores.weighted),
    }),
    ...(numbers && { numbers: { ...numbersJson(numbers), differences: numbers.differences } }),
    ...(text && {
      text: {
        first_length: text.firstLength,
        second_length: text.secondLength,
        jaccard: text.jaccard,
        rouge1_f1: text.rouge1,
      },
    }),
    ...(similarity && { cosine_similarity: similarity.cosine, incomparable_vectors: similarity.incomparable }),
  };
}

const scoresJson = ({ precision, recall, f1 }: Scores) => ({ precision, recall, f1 });
const classJson = (of: ClassScore) => ({ label: of.label, ...scoresJson(of), support: of.support, given: of.given });

const numbersJson = (of: NumericAgreement) => ({
  first_mean: of.firstMean,
  second_mean: of.secondMean,
  mean_difference: of.meanDifference,
  difference_sd: of.differenceSd,
  mean_absolute_difference: of.meanAbsoluteDifference,
  pearson: of.pearson,
  spearman: of.spearman,
});
