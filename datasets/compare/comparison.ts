import type { ClassScores } from './class-scores.ts';
import type { CohenKappa } from './cohen-kappa.ts';
import type { ComparedSide } from './compared-side.ts';
import type { ConfusionMatrix } from './confusion-matrix.ts';
import type { Distribution } from './distribution.ts';
import type { KrippendorffAlpha } from './krippendorff-alpha.ts';
import type { NumericAgreement } from './numeric-agreement.ts';

/** What the values are taken for. */
export type Measure = 'labels' | 'text' | 'numbers';

/** What became of the rows of one side. */
export interface SideRows {
  readonly rows: number;
  readonly withValue: number;
  /** Rows that are ok and have no value in this column. */
  readonly empty: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
}

export interface ReportedSide extends Pick<ComparedSide, 'name' | 'gold' | 'made' | 'column'> {
  readonly counts: SideRows;
}

/** Two texts of a row, over the rows that have both. */
export interface TextAgreement {
  readonly firstLength: Distribution | null;
  readonly secondLength: Distribution | null;
  /** Equal texts count as 1; pairs without a word on either side are left out. */
  readonly jaccard: Distribution | null;
  readonly rouge1: Distribution | null;
}

export interface Similarity {
  readonly cosine: Distribution | null;
  /** Rows whose vectors are of different lengths, or have no direction. */
  readonly incomparable: number;
}

/** Scores against human labels. */
export interface GoldScores extends ClassScores {
  /** Share of right labels over all rows with a human label, those without an answer counted as wrong. */
  readonly accuracyOfAll: number | null;
}

export interface ComparedPair {
  readonly first: number;
  readonly second: number;
  /** Rows with a value on both sides. */
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly equal: number;
  readonly agreement: number | null;
  readonly labels?: { readonly matrix: ConfusionMatrix; readonly kappa: CohenKappa };
  /** Only where the first is human labels and the second isn't. */
  readonly scores?: GoldScores;
  readonly numbers?: NumericAgreement & { readonly differences: Distribution | null };
  readonly text?: TextAgreement;
  readonly similarity?: Similarity;
}

export interface ChangedRow {
  readonly id: string;
  readonly stratum: string;
  /** One a side: the value, or why there is none in brackets. */
  readonly values: readonly string[];
  readonly context: readonly (string | null)[];
}

/** Rows of one kind, and how many of them were drawn. */
export interface Stratum {
  readonly stratum: string;
  readonly rows: number;
  readonly sampled: number;
}

export interface ChangedRows {
  /** Rows that could differ: those with a value on any side, or, beside human labels, those that have one. */
  readonly of: number;
  readonly rows: number;
  readonly strata: readonly Stratum[];
  readonly seed: number;
  readonly context: readonly string[];
  readonly samples: readonly ChangedRow[];
}

export interface Comparison {
  readonly dataset: string;
  readonly measure: Measure;
  readonly sides: readonly ReportedSide[];
  /** Rows that any side has. */
  readonly rows: number;
  readonly pairs: readonly ComparedPair[];
  /** Of three sides and more; nominal for labels, interval for numbers. */
  readonly alpha?: KrippendorffAlpha & { readonly metric: 'nominal' | 'interval' };
  readonly changed: ChangedRows;
}
