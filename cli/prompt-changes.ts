import { structuredPatch } from 'diff';
import { promptsIn } from '../datasets/declaration/parameter-references.ts';
import type { Declaration } from '../datasets/declaration/declaration.ts';
import { isJsonObject } from '../datasets/declaration/json-object.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import { isDigest } from '../manifests/digest.ts';
import type { Manifest } from '../manifests/manifest.ts';

/** How a step's prompt differs from the one that made the parent version. */
export interface PromptChange {
  readonly step: string;
  /** Where the prompt stands now, relative to `dataset.yaml`. */
  readonly path: string;
  /** Lines with a leading space, `-` or `+`, two lines of context around each change. */
  readonly lines: readonly string[];
}

/** Prompts that differ from the parent's, line by line. One whose old text is in the bucket no more is left out. */
export async function promptChanges(
  { steps }: Pick<Declaration, 'steps'>,
  parent: Manifest | null,
  blobs: BlobStore,
): Promise<PromptChange[]> {
  const found = steps.flatMap(({ name, kind, params }) => {
    const before = parent?.state.steps[name]?.parameters ?? null;
    const old = Object.values(isJsonObject(before) ? before : {}).flatMap((value) =>
      isJsonObject(value) && isDigest(value['prompt']) ? [value['prompt']] : [],
    );
    const prompts = promptsIn(kind.params, params);
    // A step has one prompt; which of several was which nobody could say.
    const [prompt] = prompts;
    const [digest] = old;
    return prompts.length === 1 && old.length === 1 ? [{ step: name, prompt: prompt!, digest: digest! }] : [];
  });
  const changes = await Promise.all(
    found.map(async ({ step, prompt, digest }): Promise<PromptChange[]> => {
      if (!(await blobs.has(digest))) return [];
      const text = (await blobs.get(digest)).toString('utf8');
      if (text === prompt.text) return [];
      const { hunks } = structuredPatch('', '', text, prompt.text, '', '', { context: 2 });
      const lines = hunks.flatMap((hunk, index) => [...(index > 0 ? [' …'] : []), ...hunk.lines]);
      return [{ step, path: prompt.path, lines: lines.filter((line) => !line.startsWith('\\')) }];
    }),
  );
  return changes.flat();
}
