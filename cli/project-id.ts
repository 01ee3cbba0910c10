import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { ObjectStore } from '../manifests/object-store.ts';

const KEY = 'project.json';
const schema = z.object({ project: z.string().regex(/^[a-z0-9]{8,32}$/) });

/** The bucket's random project id, made at its first use; it prefixes workflow ids and task queues. */
export async function projectId(store: ObjectStore): Promise<string> {
  const project = randomBytes(6).toString('hex');
  const stored =
    (await store.get(KEY)) ??
    // Of two first uses one writes; both read what was written.
    (await store.putIf(KEY, Buffer.from(JSON.stringify({ project })), 'absent'), await store.get(KEY));
  return schema.parse(JSON.parse(stored!.bytes.toString('utf8'))).project;
}
