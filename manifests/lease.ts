import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson } from './canonical-json.ts';
import { GettokError } from './gettok-error.ts';
import type { ListedObject, ObjectStore } from './object-store.ts';

/** `work` adds to the bucket and may be held by many; `clearing` removes from it and is held alone. */
export type LeaseKind = 'work' | 'clearing';

export interface LeaseTimes {
  /** A lease that wasn't renewed for so long is nobody's, by the clock of the store. */
  readonly expiryMs: number;
  readonly renewMs: number;
  /** Its holder gives it up for lost after so long, well before anybody else does. */
  readonly trustMs: number;
}

const TIMES: LeaseTimes = { expiryMs: 300_000, renewMs: 30_000, trustMs: 120_000 };

export interface Lease extends AsyncDisposable {
  /** Throws a `LeaseLostError` when others may take it for given up: what was seen under it may have changed. */
  check(): void;
  isLost(): boolean;
}

/** A lease that wasn't renewed in time, as when its machine slept. */
export class LeaseLostError extends GettokError {
  override readonly name = 'LeaseLostError';
  /** An activity is tried again, and looks at everything anew. */
  readonly passing = true as const;
  constructor() {
    super(
      'This process lost touch with the bucket for too long to know that nothing was removed meanwhile. Start it again: what it did is kept.',
    );
  }
}

/** Somebody else is at work on the bucket. */
export class LeaseHeldError extends GettokError {
  override readonly name = 'LeaseHeldError';
  readonly kind: LeaseKind;
  readonly who: string;
  /** Should its holder be dead: such as `14:03:10 UTC`. */
  readonly until: string;
  constructor(kind: LeaseKind, who: string, untilMs: number) {
    const until = `${new Date(untilMs).toISOString().slice(11, 19)} UTC`;
    super(
      kind === 'work'
        ? `A run is at work on this bucket (${who}). Try again when it has ended or waits: gettok status. If it was killed, its lease ends at ${until} by itself.`
        : `${who} is removing objects from this bucket. Try again when it has ended; if it was killed, its lease ends at ${until} by itself.`,
    );
    this.kind = kind;
    this.who = who;
    this.until = until;
  }
}

const FOLDER = 'leases/';

/**
 * Takes a lease, or throws a `LeaseHeldError`. Whoever wants one writes its own first and looks for others then: of two that
 * exclude each other at least one sees the other, because an S3 store lists what was written before.
 */
export async function takeLease(
  store: ObjectStore,
  kind: LeaseKind,
  who: string,
  times: LeaseTimes = TIMES,
): Promise<Lease> {
  const key = `${FOLDER}${kind}/${randomUUID()}.json`;
  const write = async () => {
    const before = clocks();
    await store.put(key, Buffer.from(canonicalJson({ who, write: randomUUID() })));
    return before;
  };
  let renewed = await write();
  try {
    await refuseWhereHeld(store, kind, key, times.expiryMs);
  } catch (error) {
    await store.remove([key]).catch(() => {});
    throw error;
  }
  let lost = false;
  const isLost = () => (lost ||= sinceMs(renewed) > times.trustMs);
  let renewals: Promise<unknown> = Promise.resolve();
  const renewing = setInterval(() => {
    if (isLost()) return clearInterval(renewing);
    const renewal = write().then((before) => (renewed = isLost() ? renewed : before));
    // A store that is away is asked again at the next turn, until the lease is lost.
    renewals = Promise.allSettled([renewals, renewal]);
  }, times.renewMs);
  renewing.unref();
  return {
    isLost,
    check() {
      if (isLost()) throw new LeaseLostError();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(renewing);
      lost = true;
      // One that is on its way would write the lease again after it was given back.
      await renewals;
      await store.remove([key]).catch(() => {});
    },
  };
}

/** Who is clearing the bucket, so that work on it waits; null when nobody is. */
export async function clearingInTheWay(store: ObjectStore): Promise<LeaseHeldError | null> {
  // Most of the time there is none, and then nothing is written to ask for the time of the store.
  for await (const _lease of store.list(`${FOLDER}clearing/`)) {
    try {
      await using _work = await takeLease(store, 'work', 'a look');
    } catch (error) {
      if (error instanceof LeaseHeldError) return error;
      throw error;
    }
  }
  return null;
}

/** As `takeLease`, waiting while others hold it, for as long as `patienceMs`. */
export async function awaitLease(
  store: ObjectStore,
  kind: LeaseKind,
  who: string,
  times?: LeaseTimes,
  patienceMs = Infinity,
): Promise<Lease> {
  const started = performance.now();
  for (;;) {
    try {
      return await takeLease(store, kind, who, times);
    } catch (error) {
      if (!(error instanceof LeaseHeldError) || performance.now() - started >= patienceMs) throw error;
      await sleep(1000);
    }
  }
}

async function refuseWhereHeld(store: ObjectStore, kind: LeaseKind, own: string, expiryMs: number): Promise<void> {
  const leases: ListedObject[] = [];
  for (const other of ['work', 'clearing'])
    for await (const lease of store.list(`${FOLDER}${other}/`)) leases.push(lease);
  // Just written: its time is now, by the clock that dated the others.
  const nowMs = leases.find(({ key }) => key === own)?.modified.getTime() ?? 0;
  for (const { key, modified } of leases) {
    const other: LeaseKind = key.startsWith(`${FOLDER}clearing/`) ? 'clearing' : 'work';
    if (key === own || (kind === 'work' && other === 'work')) continue;
    const untilMs = modified.getTime() + expiryMs;
    if (untilMs < nowMs) await store.remove([key]);
    else throw new LeaseHeldError(other, await holderOf(store, key), untilMs);
  }
}

async function holderOf(store: ObjectStore, key: string): Promise<string> {
  const object = await store.get(key);
  const { who } = object ? (JSON.parse(object.bytes.toString('utf8')) as { who?: unknown }) : {};
  return typeof who === 'string' ? who : 'somebody';
}

// Of a machine that sleeps one clock stands still, the other may be set back by hand.
const clocks = () => ({ steady: performance.now(), wall: Date.now() });
const sinceMs = ({ steady, wall }: ReturnType<typeof clocks>) =>
  Math.max(performance.now() - steady, Date.now() - wall);
