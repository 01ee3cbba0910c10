import { type Digest, isDigest } from '../../manifests/digest.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import type { Params, StepKindSignature } from '../step-kind.ts';
import { isJsonObject, jsonAt, type JsonObject } from './json-object.ts';
import { withReferences } from './parameter-references.ts';

/**
 * The parameters of a step as they were when a version was made, from the declaration that its manifest keeps: prompts by
 * their digest become their texts, models their entries. Null where the manifest has no such step.
 */
export async function recordedParameters(
  declaration: Json,
  step: string,
  kind: StepKindSignature,
  promptText: (digest: Digest) => Promise<string>,
): Promise<{ readonly params: Params; readonly tuning: JsonObject } | null> {
  const given = jsonAt(declaration, ['steps', step, 'with']);
  const tuning = jsonAt(declaration, ['steps', step, 'tuning']);
  if (!isJsonObject(given)) return null;
  const digests = new Set<Digest>();
  withReferences(kind.params, given, (path) => {
    const digest = jsonAt(given, [...path, 'prompt']);
    if (isDigest(digest)) digests.add(digest);
    return null;
  });
  const texts = new Map(
    await Promise.all([...digests].map(async (digest) => [digest, await promptText(digest)] as const)),
  );
  const params = withReferences(kind.params, given, (path) => {
    const written = jsonAt(given, path);
    if (typeof written === 'string') {
      const entry = jsonAt(declaration, ['models', written]);
      return { name: written, ...(isJsonObject(entry) && entry) };
    }
    const digest = jsonAt(written, ['prompt']);
    // The path is in no manifest: a renamed file with the same text is the same prompt.
    return isDigest(digest) ? { path: digest, text: texts.get(digest)! } : written;
  });
  return { params, tuning: isJsonObject(tuning) ? tuning : {} };
}
