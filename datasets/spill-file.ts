import { type FileHandle, open, rm } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';

interface Bucket<T> {
  /** Not yet in the file. */
  waiting: T[];
  /** Pieces of the file, in the order in which their items were added. */
  readonly pieces: { readonly at: number; readonly byteLength: number }[];
}

/**
 * Items in buckets, of any total size: beyond `bufferBytes` they wait in a temporary file. Items are what the structured
 * clone algorithm takes, bigint among them.
 */
export class SpillFile<T> implements AsyncDisposable {
  readonly #path: string;
  readonly #bufferBytes: number;
  readonly #buckets = new Map<string, Bucket<T>>();
  #file: FileHandle | null = null;
  #buffered = 0;
  #end = 0;

  constructor(path: string, bufferBytes: number) {
    this.#path = path;
    this.#bufferBytes = bufferBytes;
  }

  get buckets(): string[] {
    return [...this.#buckets.keys()];
  }

  /** `byteLength` is about what the item takes. */
  async add(bucket: string, item: T, byteLength: number): Promise<void> {
    const known = this.#buckets.get(bucket) ?? { waiting: [], pieces: [] };
    this.#buckets.set(bucket, known);
    known.waiting.push(item);
    this.#buffered += byteLength;
    if (this.#buffered >= this.#bufferBytes) await this.#flush();
  }

  /** The items of a bucket in the order in which they were added. */
  async items(bucket: string): Promise<T[]> {
    const { pieces = [], waiting = [] } = this.#buckets.get(bucket) ?? {};
    const items: T[] = [];
    for (const { at, byteLength } of pieces) {
      const bytes = Buffer.alloc(byteLength);
      await this.#file!.read(bytes, 0, byteLength, at);
      // What #flush put there
      for (const item of deserialize(bytes) as T[]) items.push(item);
    }
    return items.concat(waiting);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    await rm(this.#path, { force: true });
  }

  async #flush(): Promise<void> {
    this.#file ??= await open(this.#path, 'wx+', 0o600);
    for (const bucket of this.#buckets.values()) {
      if (bucket.waiting.length === 0) continue;
      const bytes = serialize(bucket.waiting);
      await this.#file.write(bytes, 0, bytes.length, this.#end);
      bucket.pieces.push({ at: this.#end, byteLength: bytes.length });
      this.#end += bytes.length;
      bucket.waiting = [];
    }
    this.#buffered = 0;
  }
}
