import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSafeId } from '../../activities/video-files/safe-id.ts';
import { imageType } from '../../activities/models/image-data-url.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import { type Digest, hexOf, sha256 } from '../../manifests/digest.ts';
import type { CellStory } from './cell-story.ts';
import { promptText, sentPrompt } from './sent-prompt.ts';
import { storyJson } from './story-json.ts';
import { WhyError } from './why-error.ts';

/** Ids are strangers' texts: one that is no plain file name is named by its digest. */
export const saveFolder = (id: string): string => `why-${isSafeId(id) ? id : hexOf(sha256(id)).slice(0, 16)}`;

/** Writes what was sent and what came back into a folder that is empty or not there; gives the names of the files. */
export async function saveStory(
  story: CellStory,
  folder: string,
  blobs: Pick<BlobStore, 'get'>,
  { force }: { readonly force: boolean },
): Promise<readonly string[]> {
  const files = await filesOf(story, blobs);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new WhyError(`No folder can be made at ${folder}. Name another one. (${String(error)})`);
  }
  const present = await readdir(folder);
  const inTheWay = force ? undefined : [...files.keys()].find((name) => present.includes(name));
  if (inTheWay !== undefined)
    throw new WhyError(
      `${join(folder, inTheWay)} is there already. Name another folder, or overwrite it with --force.`,
    );
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes, { flag: force ? 'w' : 'wx' });
  return [...files.keys()];
}

async function filesOf(story: CellStory, blobs: Pick<BlobStore, 'get'>): Promise<Map<string, Uint8Array | string>> {
  const files = new Map<string, Uint8Array | string>();
  const numbered = (name: string, ending: string, count: number) =>
    count === 1 ? `${name}.${ending}` : `${name}-${count}.${ending}`;
  const images = new Set<Digest>();
  const audios = new Set<Digest>();
  let answers = 0;
  for (const [index, { rendered, answers: given }] of story.asked.requests.entries()) {
    if (rendered) {
      const prompt = sentPrompt(rendered.request);
      if (prompt.texts.length > 0) files.set(numbered('prompt', 'txt', index + 1), promptText(prompt));
      files.set(numbered('request', 'json', index + 1), `${JSON.stringify(rendered.request.body, null, 2)}\n`);
      for (const image of prompt.images) images.add(image);
      if (prompt.audio) audios.add(prompt.audio);
    }
    for (const { bytes } of given) files.set(numbered('answer', 'json', (answers += 1)), bytes);
  }
  for (const [index, image] of [...images].entries()) {
    const bytes = await blobs.get(image);
    const ending = imageType(bytes).replace('image/', '').replace('jpeg', 'jpg');
    files.set(`frame-${index + 1}.${ending}`, bytes);
  }
  for (const [index, audio] of [...audios].entries())
    files.set(numbered('audio', 'wav', index + 1), await blobs.get(audio));
  return files.set('why.json', `${JSON.stringify(storyJson(story), null, 2)}\n`);
}
