import { type Digest, isDigest } from '../../manifests/digest.ts';

/** What an object of a project's bucket is, by its key. Digests and names are those in the key. */
export type BucketKey =
  | { readonly kind: 'object'; readonly digest: Digest }
  | { readonly kind: 'version'; readonly version: Digest }
  | { readonly kind: 'ref'; readonly dataset: string; readonly ref: string }
  /** Where cells of a step configuration are found. */
  | { readonly kind: 'cells'; readonly dataset: string; readonly values: Digest; readonly provenance: Digest }
  /** Where raw answers of a model are found. */
  | { readonly kind: 'answers'; readonly dataset: string; readonly file: Digest }
  /** What can be found out again about a version: what lay outside of it, its line of the log. */
  | { readonly kind: 'note'; readonly dataset: string; readonly version: Digest }
  | { readonly kind: 'journal'; readonly dataset: string; readonly run: string }
  | { readonly kind: 'run'; readonly run: string; readonly name: string }
  | { readonly kind: 'quota'; readonly day: string }
  | { readonly kind: 'withdrawal'; readonly dataset: string; readonly digest: Digest };

type Parts = Readonly<Record<string, string>>;
const HEX = '[0-9a-f]{64}';

/** Pattern of a key, and what its named groups say. */
const FORMS: readonly (readonly [pattern: RegExp, read: (parts: Parts) => BucketKey | null])[] = [
  [
    /^objects\/sha256\/(?<a>[0-9a-f]{2})\/(?<b>[0-9a-f]{62})$/,
    ({ a, b }) => ofDigest(`${a}${b}`, (digest) => ({ kind: 'object', digest })),
  ],
  [
    /^manifests\/sha256\/(?<a>[0-9a-f]{2})\/(?<b>[0-9a-f]{62})\.json$/,
    ({ a, b }) => ofDigest(`${a}${b}`, (version) => ({ kind: 'version', version })),
  ],
  [
    /^refs\/(?<dataset>[^/]+)\/(?<ref>(?:heads|tags)\/.+)$/,
    ({ dataset, ref }) => ({ kind: 'ref', dataset: dataset!, ref: ref! }),
  ],
  [
    new RegExp(`^index/(?<dataset>[^/]+)/[a-z-]+/(?<hex>${HEX})\\.json$`),
    ({ dataset, hex }) => ofDigest(hex!, (version) => ({ kind: 'note', dataset: dataset!, version })),
  ],
  [
    new RegExp(`^index/(?<dataset>[^/]+)/answers/${HEX}/.+/(?<hex>${HEX})$`),
    ({ dataset, hex }) => ofDigest(hex!, (file) => ({ kind: 'answers', dataset: dataset!, file })),
  ],
  [
    new RegExp(`^index/(?<dataset>[^/]+)/${HEX}/.+/(?<v>${HEX})-(?<p>${HEX})$`),
    ({ dataset, v, p }) => ({ kind: 'cells', dataset: dataset!, values: `sha256:${v}`, provenance: `sha256:${p}` }),
  ],
  // Requests of a collection carry their run in the name, answers of models in the folder they lie in.
  [
    /^journal\/(?<dataset>[^/]+)\/[^/]+\/requests\/.+\/(?<run>[^./]+)\.[^/]+$/,
    ({ dataset, run }) => ({ kind: 'journal', dataset: dataset!, run: run! }),
  ],
  [
    /^journal\/(?<dataset>[^/]+)\/[^/]+\/.+\/(?<run>[^/]+)\/[^/]+$/,
    ({ dataset, run }) => ({ kind: 'journal', dataset: dataset!, run: run! }),
  ],
  [/^runs\/(?<run>[^/]+)\/(?<name>.+)$/, ({ run, name }) => ({ kind: 'run', run: run!, name: name! })],
  [/^quota\/.+\/(?<day>\d{4}-\d{2}-\d{2})\.json$/, ({ day }) => ({ kind: 'quota', day: day! })],
  [
    new RegExp(`^withdrawals/(?<dataset>[^/]+)/(?:sha256:)?(?<hex>${HEX})(?:\\.json)?$`),
    ({ dataset, hex }) => ofDigest(hex!, (digest) => ({ kind: 'withdrawal', dataset: dataset!, digest })),
  ],
];

/** Null for what is no object of ours, or of a form that this program doesn't know: it is left alone. */
export function parseBucketKey(key: string): BucketKey | null {
  for (const [pattern, read] of FORMS) {
    const parts = pattern.exec(key)?.groups;
    if (parts) return read(parts);
  }
  return null;
}

function ofDigest(hex: string, made: (digest: Digest) => BucketKey): BucketKey | null {
  const digest = `sha256:${hex}`;
  return isDigest(digest) ? made(digest) : null;
}
