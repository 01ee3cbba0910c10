import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readCsv } from '../activities/kinds/import-table/read-csv.ts';
import { readLines } from '../activities/kinds/import-table/read-lines.ts';
import type { TableFile } from '../activities/kinds/import-table/table-files.ts';
import { shown, TableProblems, UnusableTableError } from '../activities/kinds/import-table/table-problems.ts';
import { didYouMean } from '../datasets/declaration/did-you-mean.ts';
import { fromSpreadsheet } from '../datasets/sql/spreadsheet-text.ts';
import { GoldFileError } from './gold-file-error.ts';

export interface GoldRequest {
  readonly file: string;
  readonly idColumn: string;
  readonly labelColumn: string;
  /** Ids of the versions that are compared. */
  readonly ids: ReadonlySet<string>;
  /** What a label may be; null when it may be anything. */
  readonly labels: ReadonlySet<string> | null;
  /** True when labels are to be numbers. */
  readonly numeric: boolean;
}

export interface GoldLabels {
  readonly values: ReadonlyMap<string, string>;
  /** Rows whose label is empty. */
  readonly unlabelled: number;
  /** Rows whose id is in none of the versions. */
  readonly unknown: number;
}

/** Labels that people gave, from a CSV file with a header, as a spreadsheet may have saved it. Throws `GoldFileError`. */
export async function readGold(request: GoldRequest): Promise<GoldLabels> {
  const { file: name, idColumn, labelColumn } = request;
  const path = resolve(name);
  if (!(await stat(path).catch(() => null))?.isFile())
    throw new GoldFileError([{ place: name, message: 'there is no such file. Name a CSV file with a header line' }]);
  const file: TableFile = { name, realName: name, path, format: 'csv', gzip: false };
  const rule = {
    faultOf: (names: readonly string[]) => {
      const missing = [idColumn, labelColumn].find((column) => !names.includes(column));
      if (missing === undefined) return null;
      const option = missing === idColumn ? '--gold-id' : '--gold-label';
      return `there is no column ${shown(missing)}; say which one it is by ${option} (there are ${names.join(', ')})`;
    },
  };
  const problems = new TableProblems();
  const labels = new LabelReader(request, problems);
  try {
    for await (const { place, values } of readCsv(file, rule, await delimiterOf(file), problems))
      labels.add(place, textOf(values[idColumn]), textOf(values[labelColumn]));
    labels.checkSome(name);
    problems.throwIfAny();
  } catch (error) {
    if (error instanceof UnusableTableError) throw new GoldFileError(error.problems, error.count);
    throw error;
  }
  return labels;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** Spreadsheets of some countries save CSV with semicolons. */
async function delimiterOf(file: TableFile): Promise<string> {
  for await (const { text } of readLines(file)) {
    const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: (text ?? '').split(delimiter).length }));
    return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
  }
  return ',';
}

class LabelReader implements GoldLabels {
  readonly values = new Map<string, string>();
  unlabelled = 0;
  unknown = 0;
  readonly #request: GoldRequest;
  readonly #problems: TableProblems;
  readonly #places = new Map<string, string>();

  constructor(request: GoldRequest, problems: TableProblems) {
    this.#request = request;
    this.#problems = problems;
  }

  add(place: string, writtenId: string, writtenLabel: string): void {
    const id = this.#knownId(writtenId);
    const label = fromSpreadsheet(writtenLabel);
    const fault = this.#faultOf(id, label);
    if (fault !== null) return this.#problems.add(place, fault);
    this.#places.set(id, place);
    if (label === '') this.unlabelled += 1;
    else if (!this.#request.ids.has(id)) this.unknown += 1;
    else this.values.set(id, label);
  }

  /** A file of another dataset, or a sheet that nobody has filled in. */
  checkSome(name: string): void {
    if (this.#problems.count > 0 || this.values.size > 0) return;
    const what =
      this.unknown > 0
        ? `none of its ids is in what it is compared with (${this.unknown} were labelled); is it of another dataset?`
        : `column ${shown(this.#request.labelColumn)} is empty in every row: fill in the labels first`;
    this.#problems.add(name, what);
  }

  #knownId(written: string): string {
    return !this.#request.ids.has(written) && written.startsWith("'") ? written.slice(1) : written;
  }

  #faultOf(id: string, label: string): string | null {
    const { ids, labels, numeric } = this.#request;
    if (id === '') return 'the id is empty';
    const before = this.#places.get(id);
    if (before !== undefined) return `the id ${shown(id)} stands at ${before} too; keep one of the two`;
    if (!ids.has(id) && isRounded(id))
      return `a spreadsheet rounded the id to ${id}; take the ids from the sheet as it was written, as text`;
    if (label === '') return null;
    if (numeric) return Number.isFinite(Number(label)) ? null : `found ${shown(label)}, expected a number`;
    if (labels === null || labels.has(label)) return null;
    const advice = didYouMean(label, labels) ?? `Labels: ${[...labels].join(', ')}.`;
    return `no such label ${shown(label)}. ${advice} To compare other labels too: --other-labels`;
  }
}

/** 7.17129E+18, or more digits than a spreadsheet keeps, the last ones gone. */
const isRounded = (id: string): boolean => /^\d[.,]\d+E\+?\d+$/i.test(id) || /^\d{13,}0000?$/.test(id);
