import { stepKinds } from '../../activities/kinds/index.ts';
import type { StepKind } from '../../activities/step-kind.ts';
import type { Database } from '../../datasets/parquet/database.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { StepState } from '../../manifests/manifest.ts';

/** What a value is explained with. */
export interface WhyTools {
  readonly blobs: BlobStore;
  readonly database: Database;
  /** Those of this program when left out. */
  readonly kinds?: ReadonlyMap<string, StepKind>;
}

/** The kind that made a step, if this program has it in the same revision. */
export const kindOf = ({ kinds = stepKinds }: WhyTools, { kind, revision }: StepState): StepKind | null => {
  const known = kinds.get(kind);
  return known?.revision === revision ? known : null;
};

export const promptText =
  ({ blobs }: WhyTools) =>
  async (digest: Digest): Promise<string> =>
    (await blobs.get(digest)).toString('utf8');
