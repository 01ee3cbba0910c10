import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import { GettokError } from '../manifests/gettok-error.ts';
import type { PartitionFiles, StepFilesMade } from './partition-files.ts';
import type { Made } from './partition-files-thread.ts';

/** A value that a file can't hold, as another thread found it. */
export class UnwritableCellsError extends GettokError {
  override readonly name = 'UnwritableCellsError';
}

/**
 * Files made in a thread of their own: in the worker's main thread every model call would wait for them, 0.2 s for a
 * partition of 600 rows.
 */
export function openPartitionFiles(): PartitionFiles & AsyncDisposable {
  const pool = new Tinypool({
    filename: fileURLToPath(new URL('partition-files-thread.ts', import.meta.url)),
    runtime: 'worker_threads',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 60_000,
  });
  const run = async <T>(name: 'step' | 'answers', request: unknown): Promise<T> => {
    const made = (await pool.run(request, { name })) as Made<T>;
    if ('wrong' in made) throw new UnwritableCellsError(made.wrong);
    return made.made;
  };
  return {
    step: (request) => run<StepFilesMade>('step', request),
    answers: (answers) => run<Uint8Array>('answers', answers),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
