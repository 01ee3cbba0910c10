import { structuredPatch } from 'diff';
import { jsonAt } from '../datasets/declaration/json-object.ts';
import { promptsIn } from '../datasets/declaration/parameter-references.ts';
import type { BlobStore } from '../manifests/blob-store.ts';
import { type Digest, isDigest, sha256 } from '../manifests/digest.ts';
import type { PreparedRun } from './prepare-run.ts';

/** How a prompt of a step differs from the one that made the parent version. */
export interface PromptChange {
  readonly step: string;
  /** The parameter that it is, or its place inside one, such as `codes.topic`. */
  readonly parameter: string;
  /** Where the prompt stands now, relative to `dataset.yaml`; null for one that is gone. */
  readonly path: string | null;
  /** Lines with a leading space, `-` or `+`, two lines of context around each change. */
  readonly lines: readonly string[];
}

/** Prompts that differ from the parent's, line by line. One whose old text is in the bucket no more is left out. */
export async function promptChanges(
  { declaration, forecast }: Pick<PreparedRun, 'declaration' | 'forecast'>,
  blobs: BlobStore,
): Promise<PromptChange[]> {
  const changed = forecast.configuration.filter(({ cause }) => cause === 'prompt');
  const changes = changed.map(async ({ step, name: parameter, old, new: now }): Promise<PromptChange[]> => {
    const { kind, params } = declaration.steps.find((each) => each.name === step)!;
    const prompt = promptsIn(kind.params, params).find(({ text }) => sha256(text) === digestIn(now));
    const before = digestIn(old);
    if (before !== null && !(await blobs.has(before))) return [];
    const text = before === null ? '' : (await blobs.get(before)).toString('utf8');
    const { hunks } = structuredPatch('', '', text, prompt?.text ?? '', '', '', { context: 2 });
    const lines = hunks.flatMap((hunk, index) => [...(index > 0 ? [' …'] : []), ...hunk.lines]);
    return [{ step, parameter, path: prompt?.path ?? null, lines: lines.filter((line) => !line.startsWith('\\')) }];
  });
  return (await Promise.all(changes)).flat();
}

function digestIn(parameter: Parameters<typeof jsonAt>[0]): Digest | null {
  const digest = jsonAt(parameter, ['prompt']);
  return isDigest(digest) ? digest : null;
}
