import { type Digest, digestOf, hexOf, isDigest } from '../../../manifests/digest.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import type { PlannedStep } from '../../../datasets/plan/run-plan.ts';
import type { Model } from '../../../datasets/step-kind.ts';

/**
 * Who shares answers: a step kind and a model, so that a raised revision, another prompt and back, or a step of another
 * name find what they once paid for. A digest, in hexadecimal.
 */
export const answerFamily = ({ kind }: Pick<PlannedStep, 'kind'>, { provider, model, weights }: Model): string =>
  hexOf(digestOf('answers', { kind, provider, model, weights: weights ?? null }));

/** Where answers of earlier runs are found: `index/<dataset>/answers/<family>/<partition>/<file>`. */
export interface AnswerIndex {
  readonly dataset: string;
  readonly family: string;
}

const prefixOf = ({ dataset, family }: AnswerIndex) => `index/${dataset}/answers/${family}/`;

/** One small object a file: no writer waits for another. */
export const noteAnswers = (store: ObjectStore, index: AnswerIndex, partition: string, file: Digest) =>
  store.put(`${prefixOf(index)}${partition}/${hexOf(file)}`, Buffer.from('{}'));

/** Files of raw answers that may hold some for this partition; of all partitions where null is given. */
export async function findAnswerFiles(
  store: ObjectStore,
  index: AnswerIndex,
  partition: string | null,
): Promise<Digest[]> {
  const files: Digest[] = [];
  const prefix = prefixOf(index) + (partition === null ? '' : `${partition}/`);
  for await (const { key } of store.list(prefix)) {
    const file = `sha256:${key.slice(key.lastIndexOf('/') + 1)}`;
    if (isDigest(file)) files.push(file);
  }
  return files;
}
