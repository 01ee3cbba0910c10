import { merkleRoot, rowLeaf } from '../manifests/merkle-tree.ts';
import type { Digest } from '../manifests/digest.ts';
import { type RecordedAnswer, writeAnswers } from '../datasets/answers-file.ts';
import { canonicalRow } from '../datasets/canonical-row.ts';
import type { Cell } from '../datasets/cell.ts';
import { type ColumnJson, columnsFromJson } from '../datasets/column-type.ts';
import { writeStepFiles } from '../datasets/step-files.ts';

/** What the files of a step partition are made of. Plain values: it may be handed to another thread. */
export interface StepFilesRequest {
  readonly columns: readonly ColumnJson[];
  /** Enters the Merkle leaves. */
  readonly step: string;
  /** Sorted by id. */
  readonly cells: readonly Cell[];
  /** By row id. */
  readonly salts: ReadonlyMap<string, Uint8Array>;
}

export interface StepFilesMade {
  readonly values: Uint8Array;
  readonly provenance: Uint8Array;
  /** Merkle root over the salted rows. */
  readonly root: Digest;
}

/** Makes the bytes of files: some tenths of a second for a thousand rows, in which a thread does nothing else. */
export interface PartitionFiles {
  step(request: StepFilesRequest): Promise<StepFilesMade>;
  answers(answers: readonly RecordedAnswer[]): Promise<Uint8Array>;
}

/** In the calling thread. */
export const partitionFiles: PartitionFiles = {
  async step({ columns: json, step, cells, salts }) {
    const columns = columnsFromJson(json);
    const files = await writeStepFiles(columns, cells);
    const leaves = cells.map((cell) => rowLeaf(salts.get(cell.id)!, step, canonicalRow(columns, cell)));
    return { ...files, root: merkleRoot(leaves) };
  },
  answers: writeAnswers,
};
