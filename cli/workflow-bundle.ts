import { globSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { hexOf, sha256 } from '../manifests/digest.ts';
import { quietLogger } from './quiet-logger.ts';
import { lockDigest } from './software-version.ts';

const folder = fileURLToPath(new URL('../workflows/', import.meta.url));

/** The workflows as one script for the worker's sandbox. Bundling takes seconds, so it is kept by the digest of its sources. */
export async function workflowBundle(cacheFolder: string): Promise<{ readonly code: string }> {
  const sources = globSync('*.ts', { cwd: folder })
    .toSorted()
    .map((file) => `${file}\n${readFileSync(join(folder, file), 'utf8')}`);
  const kept = join(cacheFolder, `workflows-${hexOf(sha256([lockDigest(), ...sources].join('\0'))).slice(0, 16)}.js`);
  const code = await readFile(kept, 'utf8').catch(() => null);
  if (code !== null) return { code };
  const bundle = await bundleWorkflowCode({ workflowsPath: join(folder, 'index.ts'), logger: quietLogger });
  await mkdir(cacheFolder, { recursive: true });
  await writeFile(`${kept}.${process.pid}`, bundle.code);
  await rename(`${kept}.${process.pid}`, kept);
  return { code: bundle.code };
}
