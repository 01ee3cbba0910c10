/** What the product needs of a bucket. Adapters live in `activities/`; all keys are relative to the bucket. */
export interface ObjectStore {
  /** The bytes and entity tag of an object, or null when there is none. */
  get(key: string): Promise<StoredObject | null>;
  /** Streams an object into a file; false when there is none. */
  getToFile(key: string, path: string): Promise<boolean>;
  has(key: string): Promise<boolean>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  putFile(key: string, path: string): Promise<void>;
  /** Writes only when the precondition holds (`If-None-Match: *` or `If-Match`): true when written, false when not. */
  putIf(key: string, bytes: Uint8Array, condition: 'absent' | { readonly etag: string }): Promise<boolean>;
  list(prefix: string): AsyncIterable<ListedObject>;
  remove(keys: readonly string[]): Promise<void>;
}

export interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
}

export interface ListedObject {
  readonly key: string;
  readonly byteLength: number;
  readonly etag: string;
  readonly modified: Date;
}
