/** Rows of one partition that differ from the parent's in the same way. */
export interface RowGroup {
  readonly partition: string;
  /** The partition that has them in the parent, where that is another. */
  readonly movedFrom?: string;
  /** No row of this id is in the parent. */
  readonly isNew: boolean;
  /** Columns with another value than in the parent; null when that is not known before the source is read. */
  readonly changed: readonly string[] | null;
  readonly rows: number;
  /** Of rows that are only expected: so many at least. */
  readonly atLeast?: number;
  /** Their ids, where somebody wants to see them. */
  readonly ids?: readonly string[];
}

/** What a source that is not fresh has now, beside what the parent has of it. */
export interface SourceChanges {
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  /** Rows of the parent that are gone. */
  readonly removed: number;
}
