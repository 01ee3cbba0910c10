import type { ComparedVersions } from '../../../cli/compare-versions.ts';
import { float64, list, float32, text } from '../../../datasets/column-type.ts';
import { chooseMeasure } from '../../../datasets/compare/choose-measure.ts';
import { compareColumns } from '../../../datasets/compare/compare-columns.ts';
import type { ComparedSide, MadeBy } from '../../../datasets/compare/compared-side.ts';
import type { Measure } from '../../../datasets/compare/comparison.ts';
import { openDatabase } from '../../../datasets/parquet/database.ts';
import { type Given, sideOf } from '../../datasets/compare/compared-files.ts';

const LABELS = ['support', 'no support', 'neutral', 'mixed'];

const madeBy = (digit: string, column: string, nanoUsd: string): MadeBy => ({
  version: `sha256:${digit.repeat(64)}`,
  column,
  kind: 'ai/classify@1',
  models: [`openai gpt-${digit} → gpt-${digit}-2025-11-13`],
  calls: { calls: 12, input_tokens: '16944', output_tokens: '456', cost_nano_usd: nanoUsd, unpriced_calls: 0 },
});

/** Values of the rows r1, r2 … in their order; null leaves a row out. */
const rows = (...values: (string | number | null)[]): Given =>
  Object.fromEntries(values.flatMap((value, index) => (value === null ? [] : [[`r${index + 1}`, value]])));

const S = 'support';
const N = 'no support';
const U = 'neutral';
export const HOSTILE = '<img src=x onerror=alert(1)>"\'&\u202e| `x`';

/** Labels of two versions, the second of which refuses some, has a row more and a label that nobody declared. */
export async function labelSides(folder: string): Promise<ComparedSide[]> {
  const first = rows(S, S, N, N, U, U, S, N, U, '(timed_out)', '(no_input)', null);
  const second = rows(S, N, N, N, U, S, S, '(refused)', HOSTILE, U, '(no_input)', S);
  return [
    await sideOf(folder, 'first', text(), first, {
      name: '@v1',
      declared: LABELS,
      made: madeBy('4', 'stance.label', '21000000'),
    }),
    await sideOf(folder, 'second', text(), second, {
      name: '@v2',
      declared: LABELS,
      made: madeBy('5', 'stance.label', '35200000'),
    }),
  ];
}

export async function goldSide(folder: string, name = 'gold.csv'): Promise<ComparedSide> {
  return sideOf(folder, name, text(), rows(S, S, N, N, U, U, N, N, null, U), { name, gold: true });
}

export async function textSides(folder: string): Promise<ComparedSide[]> {
  const first = rows('no al golpe', 'Lima hoy', HOSTILE, '(refused)', '…');
  const second = rows('no al golpe', 'Lima, ayer', 'nada', 'algo', '!');
  const vectors = (...angles: number[]) =>
    Object.fromEntries(
      angles.map((angle, index) => [`r${index + 1}`, angle === 0 ? [0, 0] : [Math.cos(angle), Math.sin(angle)]]),
    );
  return [
    await sideOf(folder, 'text1', text(), first, {
      name: 'main~1',
      made: madeBy('4', 'description.text', '21000000'),
      embedding: await sideOf(folder, 'vector1', list(float32()), vectors(1, 1, 1, 1, 0)),
    }),
    await sideOf(folder, 'text2', text(), second, {
      name: 'main',
      made: madeBy('5', 'description.text', '35200000'),
      embedding: await sideOf(folder, 'vector2', list(float32()), vectors(1, 1.5, 2.5, 1, 1)),
    }),
  ];
}

export async function numberSides(folder: string): Promise<ComparedSide[]> {
  return [
    await sideOf(folder, 'number1', float64(), rows(1, 2, 3, 4.5, '(refused)'), {
      name: 'a.score',
      made: madeBy('4', 'a.score', '0'),
    }),
    await sideOf(folder, 'number2', float64(), rows(1, 2.5, 2, 7, 1), {
      name: 'b.score',
      made: madeBy('4', 'b.score', '0'),
    }),
  ];
}

/** Compared as `gettok compare` does it, with the first side's values beside the rows that differ. */
export async function compared(
  folder: string,
  sides: readonly ComparedSide[],
  asked?: Measure,
): Promise<ComparedVersions> {
  using database = await openDatabase({ threads: 1, tempFolder: folder });
  const comparison = await compareColumns(database, {
    dataset: 'peru-2022',
    sides,
    measure: await chooseMeasure(database, sides, asked),
    sample: { size: 4, seed: 1, context: [{ ...sides[0]!, name: 'video.text' }] },
  });
  const gold = sides.filter((side) => side.gold).map(({ name }) => ({ name, labelled: 9, unlabelled: 2, unknown: 1 }));
  return { comparison, gold };
}
