import type { Digest } from '../../manifests/digest.ts';

export type DamageKind =
  /** A branch or tag that can't be read. */
  | 'unreadable ref'
  /** A version that a ref or another version leads to. */
  | 'missing version'
  | 'altered version'
  | 'undecodable version'
  | 'missing object'
  /** Its bytes are not those of its name. */
  | 'altered object'
  /** A table that is no table of its step. */
  | 'unreadable object'
  /** The rows and salts don't give the Merkle root of the manifest. */
  | 'wrong root';

export interface Problem {
  readonly kind: DamageKind;
  readonly reason: string;
}

/** A part of the bucket that isn't as it should be. */
export interface Damage extends Problem {
  readonly key: string;
  readonly suffers: readonly Sufferer[];
}

/** What can't be used, or not wholly, for that. */
export interface Sufferer {
  readonly dataset: string;
  readonly version: Digest | null;
  /** Branches and tags that name this very version. */
  readonly refs: readonly string[];
  readonly step: string | null;
  readonly partition: string | null;
}

const remake = (key: string) => `Bring ${key} back from a backup, or from another bucket: gettok copy --from.`;
const replace = (key: string) =>
  `Remove ${key} from the bucket, then bring it back from a backup or from another bucket: gettok copy --from.`;

const MENDS: Record<DamageKind, (key: string) => string> = {
  'unreadable ref': (key) =>
    `Name the version anew: remove ${key} from the bucket, then gettok branch <name> --at <version>.`,
  'missing object': remake,
  'missing version': remake,
  'altered object': replace,
  'altered version': replace,
  'unreadable object': replace,
  'undecodable version': () => 'Use the GET-Tok that made it, or a newer one.',
  'wrong root': () =>
    'The table or its salts are not those that were committed. Bring the whole dataset back from a backup, and find out who changed it.',
};

/** What mends it. */
export const mendOf = ({ kind, key }: Pick<Damage, 'kind' | 'key'>): string => MENDS[kind](key);
