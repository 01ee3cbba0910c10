/** Cells of a partition that other versions and runs have under the configuration that a step is to have. */
export interface KnownCells {
  /** Rows that have one, under whatever key; null when nobody has looked: any row may. */
  readonly ids: ReadonlySet<string> | null;
  /** Rows whose cell in the parent failed or was left out, and that have another under the same key; null as before. */
  readonly remade: ReadonlySet<string> | null;
  /** Where the keys that the run will want are known: what it takes. */
  readonly taken?: TakenCells;
}

/** What a run takes of the cells that a partition has under exactly the wanted keys. */
export interface TakenCells {
  readonly ids: ReadonlySet<string>;
  /** Digest of the values file that the partition will have, when all of its rows are taken from one; else null. */
  readonly values: string | null;
}
