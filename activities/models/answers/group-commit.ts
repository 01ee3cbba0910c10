import { setTimeout as sleep } from 'node:timers/promises';

/**
 * So much of the time that the last write took, a write waits for items that come soon: one costs the store far more than
 * an item in it, and the slower the store or this machine is, the more items are worth waiting for.
 */
const LINGER = 0.75;
const LONGEST_LINGER_MS = 20;
/** What a write to a store nearby takes. */
const FIRST_WRITE_MS = 4;

/**
 * Lets items that come together share one write: those of the time that the write before took, and of a little while after
 * it. The promise of an item settles with the write that holds it, so that nothing is used before it is durable.
 */
export function groupCommit<T>(write: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = [];
  let writing = false;
  let lastMs = FIRST_WRITE_MS;

  async function writeGroups() {
    writing = true;
    while (waiting.length > 0) {
      await sleep(Math.min(LONGEST_LINGER_MS, LINGER * lastMs));
      const began = performance.now();
      const group = waiting;
      waiting = [];
      await write(group.map(({ item }) => item)).then(
        () => group.forEach(({ resolve }) => resolve()),
        (error: unknown) => group.forEach(({ reject }) => reject(error)),
      );
      lastMs = performance.now() - began;
    }
    writing = false;
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push({ item, resolve, reject });
    if (!writing) void writeGroups();
    return promise;
  };
}

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
