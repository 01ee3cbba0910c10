import { execFileSync } from 'node:child_process';

/** What the reference packages are asked about one set of labels, or of numbers. */
export interface ReferenceCase {
  readonly labels: readonly string[];
  /** One a row; null where a side has none. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly numbers: readonly (readonly (number | null)[])[];
}

export interface ReferenceAnswer {
  /** statsmodels, of the first two sides. */
  readonly kappa: number | null;
  readonly kappaSd: number | null;
  /** scikit-learn's, which has no standard error. */
  readonly kappaAgain: number | null;
  /** krippendorff. */
  readonly nominalAlpha: number | null;
  readonly intervalAlpha: number | null;
  /** scikit-learn, the first side being the truth: precision, recall, F1 and support by label. */
  readonly scores: readonly (readonly [number, number, number, number])[] | null;
  readonly averages: Readonly<Record<'micro' | 'macro' | 'weighted', readonly [number, number, number]>> | null;
  /** scipy, of the first two sides. */
  readonly pearson: number | null;
  readonly spearman: number | null;
}

const SCRIPT = `
import json, math, sys, warnings
import numpy
import krippendorff
from scipy import stats
from sklearn.metrics import cohen_kappa_score, precision_recall_fscore_support
from statsmodels.stats.inter_rater import cohens_kappa
warnings.simplefilter('ignore')
def finite(value): return float(value) if math.isfinite(value) else None
def alpha(table, level):
    try: return finite(krippendorff.alpha(reliability_data=table, level_of_measurement=level))
    except (ValueError, ZeroDivisionError): return None
def answer(case):
    labels, rows, numbers = case['labels'], case['rows'], case['numbers']
    place = {label: index for index, label in enumerate(labels)}
    pairs = [(row[0], row[1]) for row in rows if row[0] is not None and row[1] is not None]
    found = dict(kappa=None, kappaSd=None, kappaAgain=None, scores=None, averages=None, pearson=None, spearman=None)
    if pairs:
        truth, given = zip(*pairs)
        matrix = numpy.zeros((len(labels), len(labels)))
        for a, b in pairs: matrix[place[a], place[b]] += 1
        if len(set(truth) | set(given)) > 1:
            result = cohens_kappa(matrix)
            found['kappa'], found['kappaSd'] = finite(result.kappa), finite(result.std_kappa)
            found['kappaAgain'] = finite(cohen_kappa_score(truth, given))
        scores = precision_recall_fscore_support(truth, given, labels=labels, zero_division=0)
        found['scores'] = [[float(value) for value in column] for column in zip(*scores)]
        found['averages'] = {how: [float(value) for value in precision_recall_fscore_support(truth, given, average=how, zero_division=0)[:3]]
            for how in ('micro', 'macro', 'weighted')}
    table = [[math.nan if row[side] is None else place[row[side]] for row in rows] for side in range(len(rows[0]))]
    found['nominalAlpha'] = alpha(table, 'nominal')
    values = [[math.nan if row[side] is None else row[side] for row in numbers] for side in range(len(numbers[0]))]
    found['intervalAlpha'] = alpha(values, 'interval')
    both = [(row[0], row[1]) for row in numbers if row[0] is not None and row[1] is not None]
    if len(both) >= 2 and len({a for a, _ in both}) > 1 and len({b for _, b in both}) > 1:
        first, second = zip(*both)
        found['pearson'] = finite(stats.pearsonr(first, second).statistic)
        found['spearman'] = finite(stats.spearmanr(first, second).statistic)
    return found
print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
`;

/** What statsmodels, scikit-learn, krippendorff and scipy say of many cases, in one Python process. */
export function referenceStatistics(cases: readonly ReferenceCase[]): ReferenceAnswer[] {
  const python = process.env['GETTOK_STATISTICS_PYTHON'];
  if (!python)
    throw new Error('GETTOK_STATISTICS_PYTHON names no Python with scikit-learn: run npm test, whose set-up makes one');
  const output = execFileSync(python, ['-c', SCRIPT], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the script prints
  return JSON.parse(output) as ReferenceAnswer[];
}
