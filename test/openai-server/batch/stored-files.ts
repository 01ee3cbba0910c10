import type { FileObject } from 'openai/resources/files';
import { OpenAIError } from '../openai-error.ts';

export interface StoredFile {
  readonly object: FileObject;
  readonly bytes: Buffer;
}

// What files of batches get by themselves: 30 days.
const keptSeconds = 30 * 86_400;

/** The files of the account: what clients uploaded and what batches wrote. */
export class StoredFiles {
  readonly #files = new Map<string, StoredFile>();

  add(filename: string, purpose: 'batch' | 'batch_output', bytes: Buffer): FileObject {
    const createdAt = Math.floor(Date.now() / 1000);
    const object: FileObject = {
      id: `file-${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}`,
      object: 'file',
      bytes: bytes.length,
      created_at: createdAt,
      expires_at: createdAt + keptSeconds,
      filename,
      purpose,
      status: 'processed',
    };
    this.#files.set(object.id, { object, bytes });
    return object;
  }

  find(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  get(id: string): StoredFile {
    const file = this.#files.get(id);
    if (file) return file;
    throw new OpenAIError(404, `No such File object: ${id}`, { param: 'id' });
  }

  delete(id: string): void {
    this.get(id);
    this.#files.delete(id);
  }

  /** Oldest first. */
  get all(): FileObject[] {
    return [...this.#files.values()].map(({ object }) => object);
  }

  clear(): void {
    this.#files.clear();
  }
}
