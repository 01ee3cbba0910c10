import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stepKinds } from '../../../activities/kinds/index.ts';
import { DeclarationError } from '../../../datasets/declaration/declaration-error.ts';
import { loadDeclaration } from '../../../datasets/declaration/load-declaration.ts';

/** What is wrong with a declaration whose source step is the text; empty when nothing is. */
export async function loadText(step: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gettok-tiktok-'));
  try {
    await writeFile(
      join(folder, 'dataset.yaml'),
      `dataset: peru\ntitle: Peru\ncreators: [{ name: Ada }]\nlicense: CC-BY-4.0\nsteps:\n  video: ${step}\n`,
    );
    await loadDeclaration(folder, { kinds: stepKinds });
    return '';
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error;
    return error.message;
  } finally {
    await rm(folder, { recursive: true });
  }
}
