import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { ObjectStore } from '../../manifests/object-store.ts';

const etagOf = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

/** A bucket that lives as long as the test. */
export function memoryStore(objects = new Map<string, Buffer>()): ObjectStore {
  return {
    async get(key) {
      const bytes = objects.get(key);
      return bytes ? { bytes, etag: etagOf(bytes) } : null;
    },
    async getToFile(key, path) {
      const bytes = objects.get(key);
      if (bytes) await writeFile(path, bytes);
      return bytes !== undefined;
    },
    has: async (key) => objects.has(key),
    put: async (key, bytes) => void objects.set(key, Buffer.from(bytes)),
    putFile: async (key, path) => void objects.set(key, await readFile(path)),
    async putIf(key, bytes, condition) {
      const now = objects.get(key);
      const holds = condition === 'absent' ? !now : now !== undefined && etagOf(now) === condition.etag;
      if (holds) objects.set(key, Buffer.from(bytes));
      return holds;
    },
    async *list(prefix) {
      for (const key of [...objects.keys()].filter((name) => name.startsWith(prefix)).toSorted()) {
        const bytes = objects.get(key)!;
        yield { key, byteLength: bytes.byteLength, etag: etagOf(bytes), modified: new Date(0) };
      }
    },
    async remove(keys) {
      for (const key of keys) objects.delete(key);
    },
  };
}
