import type { Json } from '../../manifests/canonical-json.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { Buckets, NotMade } from '../step-kind.ts';

/** The files that a pattern can match, in the dataset's folder or in a bucket. */
export interface VideoFiles {
  /** Digest over the names and contents of all of them: the same as long as nothing was added, removed or changed. */
  fingerprint(): Promise<Digest>;
  /** The content of one row's file, or why there is none; null when it is missing. */
  identify(id: string): Promise<Json>;
  /** Copies one row's file to `path`, and gives its name. */
  copy(id: string, path: string): Promise<string | NotMade>;
}

export interface VideoPlace {
  /** Folder of `dataset.yaml`. */
  readonly folder: string;
  /** Null where no digests are asked for. */
  readonly cacheFolder: string | null;
  readonly buckets: Buckets;
}
