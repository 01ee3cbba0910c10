import { AsyncLocalStorage } from 'node:async_hooks';
import { awaitLease, type Lease, type LeaseTimes } from './lease.ts';
import type { ObjectStore } from './object-store.ts';

/** A process's lease for work that adds to the bucket: taken by the first piece of work and given back after the last. */
export interface WorkLease {
  /**
   * The store for such work: what is written under a condition, which are refs and results that others build upon, is written
   * only while the lease that the work began under is held.
   */
  readonly store: ObjectStore;
  /** Waits while the bucket is being cleared; `signal` ends the wait. */
  during<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Pieces of work that follow each other share a lease. */
const LINGER_MS = 1000;

/** To remove from the bucket, alone. The worker of a run that has just ended is no reason to refuse: it lets go in a moment. */
export const takeClearingLease = (store: ObjectStore, who: string): Promise<Lease> =>
  awaitLease(store, 'clearing', who, undefined, 3 * LINGER_MS);

export function openWorkLease(store: ObjectStore, who: string, times?: LeaseTimes): WorkLease {
  const own = new AsyncLocalStorage<Lease>();
  let shared: { readonly lease: Promise<Lease>; users: number; lost: boolean } | undefined;

  const take = () => {
    if (shared && !shared.lost) return shared;
    const taken = { lease: awaitLease(store, 'work', who, times), users: 0, lost: false };
    taken.lease.catch(() => (taken.lost = true));
    shared = taken;
    return taken;
  };
  const giveBack = async (taken: NonNullable<typeof shared>) => {
    if (taken.users > 0) return;
    if (shared === taken) shared = undefined;
    await (await taken.lease)[Symbol.asyncDispose]();
  };

  return {
    store: {
      get: (key) => store.get(key),
      getToFile: (key, path) => store.getToFile(key, path),
      has: (key) => store.has(key),
      // An entry of the index says that files are there: not after others may have removed them.
      async put(key, bytes) {
        if (key.startsWith('index/')) own.getStore()?.check();
        return store.put(key, bytes);
      },
      putFile: (key, path) => store.putFile(key, path),
      async putIf(key, bytes, condition) {
        own.getStore()?.check();
        return store.putIf(key, bytes, condition);
      },
      list: (prefix) => store.list(prefix),
      remove: (keys) => store.remove(keys),
    },
    async during(work, signal) {
      let taken = take();
      taken.users += 1;
      try {
        let lease = await unlessAborted(taken.lease, signal);
        if (lease.isLost()) {
          taken.lost = true;
          taken.users -= 1;
          taken = take();
          taken.users += 1;
          lease = await unlessAborted(taken.lease, signal);
        }
        return await own.run(lease, work);
      } finally {
        taken.users -= 1;
        const last = taken;
        // While it is pending nobody holds anything: it is given back once it came.
        if (last.users === 0) setTimeout(() => void giveBack(last).catch(() => {}), LINGER_MS);
      }
    },
  };
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
