import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of one command for scratch files, removed when it is disposed. */
export async function makeScratchFolder(
  cacheFolder: string,
  name: string,
): Promise<AsyncDisposable & { readonly path: string }> {
  const parent = join(cacheFolder, 'scratch');
  await mkdir(parent, { recursive: true });
  const path = await mkdtemp(join(parent, `${name}-`));
  // Of work that broke off a part may still be writing.
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
