import pMap from 'p-map';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { type Digest, isDigest } from './digest.ts';
import { GettokError } from './gettok-error.ts';
import type { ObjectStore } from './object-store.ts';

const refSchema = z.strictObject({
  manifest: z.custom<Digest>(isDigest),
  run: z.string(),
  updatedAt: z.iso.datetime(),
  by: z.string().nullable(),
});

export type Ref = z.infer<typeof refSchema>;
/** A branch as it was read: the entity tag is what a later move is compared with. */
export interface ReadRef extends Ref {
  readonly etag: string;
}

const NAME = /^(?!.*(?:\.\.|\/\/))[a-zA-Z0-9][a-zA-Z0-9._/-]{0,127}(?<![./])$/;

/** A branch or tag name that can't be one. */
export class RefNameError extends GettokError {
  override readonly name = 'RefNameError';
  override readonly wrongUse = true;
  constructor(ref: string) {
    super(`"${ref}" can't be a branch or tag name: use letters, digits, ".", "_", "-" and "/", at most 128 of them.`);
  }
}

/** A ref under a name that none can have, as somebody's own tool may have put into a bucket: nothing reads it. */
export class ForeignRefError extends GettokError {
  override readonly name = 'ForeignRefError';
  constructor(key: string) {
    // It may hold what steers a terminal, or looks like another name.
    const escaped = key.replaceAll(/[^!-~]|\\/gu, (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`);
    super(
      `The bucket has a branch or tag under a name that GET-Tok doesn't give: ${escaped} (with \\u{…} for what isn't plain). ` +
        `If you know what it names, give that a name with: gettok branch <name> --at <version>   Then remove the object with a program for S3.`,
    );
  }
}

/** A ref that says something else than a ref does. */
export class UnreadableRefError extends GettokError {
  override readonly name = 'UnreadableRefError';
  constructor(key: string) {
    super(
      `The object ${key} of the bucket is no branch or tag that GET-Tok wrote. gettok fsck says what else is damaged. ` +
        `When you know the version that it named, remove the object with a program for S3, and name that version again with gettok branch or gettok tag.`,
    );
  }
}

/** Somebody else moved the branch, or a tag of that name is there already. */
export class RefMovedError extends GettokError {
  override readonly name = 'RefMovedError';
  readonly ref: string;
  constructor(ref: string, reason: string) {
    super(`${ref} ${reason}`);
    this.ref = ref;
  }
}

const checkName = (name: string): string => {
  if (!NAME.test(name)) throw new RefNameError(name);
  return name;
};
export const branchKey = (dataset: string, branch: string) => `refs/${dataset}/heads/${checkName(branch)}`;
export const tagKey = (dataset: string, tag: string) => `refs/${dataset}/tags/${checkName(tag)}`;

export const readBranch = async (store: ObjectStore, dataset: string, branch: string) =>
  readRef(store, branchKey(dataset, branch));
export const readTag = async (store: ObjectStore, dataset: string, tag: string) => readRef(store, tagKey(dataset, tag));

const KEY = /^refs\/[a-z0-9][a-z0-9-]*\/(?:heads|tags)\/(.*)$/s;

export async function readRef(store: ObjectStore, key: string): Promise<ReadRef | null> {
  if (!NAME.test(KEY.exec(key)?.[1] ?? '')) throw new ForeignRefError(key);
  const object = await store.get(key);
  return object && { ...parseRef(key, object.bytes.toString('utf8')), etag: object.etag };
}

function parseRef(key: string, text: string): Ref {
  try {
    return refSchema.parse(JSON.parse(text));
  } catch {
    throw new UnreadableRefError(key);
  }
}

/**
 * Moves a branch from what was read before (null: it wasn't there) by compare-and-swap. A ref's bytes are unique by its
 * run, so when the answer to our own write got lost, finding our run there means that it was written.
 */
export async function moveBranch(
  store: ObjectStore,
  dataset: string,
  branch: string,
  from: ReadRef | null,
  to: Ref,
): Promise<void> {
  const key = branchKey(dataset, branch);
  const bytes = Buffer.from(canonicalJson(to));
  let lost: unknown;
  const written = await store
    .putIf(key, bytes, from === null ? 'absent' : { etag: from.etag })
    .catch((error: unknown) => {
      lost = error;
      return false;
    });
  if (written) return;
  const now = await readRef(store, key);
  if (now?.run === to.run && now.manifest === to.manifest) return;
  if (lost !== undefined) throw lost;
  throw new RefMovedError(
    `${dataset}/${branch}`,
    `moved to ${now?.manifest ?? 'nothing'} by ${now?.run ?? 'somebody'} while this run worked. Run again: what it computed is reused.`,
  );
}

/**
 * Removes a branch, and gives back what it was. Its versions stay until nothing else leads to them and the bucket is cleared.
 * An S3 store can't remove by compare-and-swap: whoever calls this holds the lease for clearing, under which nobody commits.
 */
export async function deleteBranch(store: ObjectStore, dataset: string, branch: string): Promise<ReadRef | null> {
  const ref = await readBranch(store, dataset, branch);
  if (ref) await store.remove([branchKey(dataset, branch)]);
  return ref;
}

/** Writes a tag, once and for ever. */
export async function writeTag(store: ObjectStore, dataset: string, tag: string, to: Ref): Promise<void> {
  if (await store.putIf(tagKey(dataset, tag), Buffer.from(canonicalJson(to)), 'absent')) return;
  const now = await readTag(store, dataset, tag);
  if (now?.manifest === to.manifest) return;
  throw new RefMovedError(
    `The tag ${tag} of ${dataset}`,
    `names ${now?.manifest ?? 'another version'} already and never moves. Choose another name.`,
  );
}

/** All refs of a dataset under `heads` or `tags`, by name. */
export async function listRefs(
  store: ObjectStore,
  dataset: string,
  folder: 'heads' | 'tags',
): Promise<Map<string, Ref>> {
  const prefix = `refs/${dataset}/${folder}/`;
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  const refs = await pMap(keys, async (key) => [key.slice(prefix.length), await readRef(store, key)] as const, {
    concurrency: 16,
  });
  return new Map(refs.flatMap(([name, ref]) => (ref ? [[name, ref] as const] : [])));
}
