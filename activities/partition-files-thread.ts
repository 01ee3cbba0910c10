import { GettokError } from '../manifests/gettok-error.ts';
import type { RecordedAnswer } from '../datasets/answers-file.ts';
import { partitionFiles, type StepFilesRequest } from './partition-files.ts';

/** What is wrong with values crosses threads as a value: an error would lose its class on the way. */
export type Made<T> = { readonly made: T } | { readonly wrong: string };

async function orWrong<T>(make: () => Promise<T>): Promise<Made<T>> {
  try {
    return { made: await make() };
  } catch (error) {
    if (error instanceof GettokError) return { wrong: error.message };
    throw error;
  }
}

export const step = (request: StepFilesRequest) => orWrong(() => partitionFiles.step(request));

/** Bytes come from another thread as plain arrays. */
export const answers = (plain: readonly RecordedAnswer[]) =>
  orWrong(() => partitionFiles.answers(plain.map((answer) => ({ ...answer, bytes: Buffer.from(answer.bytes) }))));
