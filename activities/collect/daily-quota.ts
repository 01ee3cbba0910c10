import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { canonicalJson } from '../../manifests/canonical-json.ts';
import type { ObjectStore, StoredObject } from '../../manifests/object-store.ts';

const schema = z.object({
  used: z.int().nonnegative(),
  /** Until when the API answers nothing more, whoever used its quota up, in epoch milliseconds; 0 for never. */
  exhausted_until: z.int().nonnegative(),
});
export type DayOfQuota = Readonly<z.infer<typeof schema>>;

const UNUSED: DayOfQuota = { used: 0, exhausted_until: 0 };
const DAY_MS = 86_400_000;
/** Clocks differ: nobody asks in the first seconds of a day. */
const AFTER_MIDNIGHT_MS = 5000;

/** The UTC day that a quota is counted on, such as `2026-11-25`. */
export const quotaDay = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10);
/** When the quota of the next day begins. */
export const nextQuotaMs = (nowMs: number): number => (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS + AFTER_MIDNIGHT_MS;

/** An API's requests of one account on one day, counted together by all datasets and workers of a project. */
export interface DailyQuota {
  /** Counts one request before it is sent: how many are left of the day, or when to ask again. */
  take(nowMs: number): Promise<{ readonly left: number } | { readonly untilMs: number }>;
  /** The request that was counted at that time was never sent. */
  giveBack(takenAtMs: number): Promise<void>;
  /** The API answers nothing more before that time. */
  exhaust(nowMs: number, untilMs: number): Promise<void>;
  today(nowMs: number): Promise<DayOfQuota>;
}

export interface QuotaOwner {
  readonly api: string;
  readonly account: string;
  readonly requestsADay: number;
}

const keyOf = ({ api, account }: QuotaOwner, nowMs: number) => `quota/${api}/${account}/${quotaDay(nowMs)}.json`;
/** The entity tag that S3 gives what was written at once. */
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
const parse = (bytes: Buffer): DayOfQuota => schema.parse(JSON.parse(bytes.toString('utf8')));

/**
 * A request whose sender was killed counts all the same: the API may have seen it. Asked from one place at a time, the
 * ledger is read once: a write that holds shows that nobody else has written since.
 */
export function openDailyQuota(store: ObjectStore, owner: QuotaOwner): DailyQuota {
  let written: { readonly key: string; readonly object: StoredObject } | null = null;
  const change = async (nowMs: number, decide: (now: DayOfQuota) => DayOfQuota | null): Promise<DayOfQuota | null> => {
    const key = keyOf(owner, nowMs);
    for (;;) {
      const object: StoredObject | null = written?.key === key ? written.object : await store.get(key);
      const isRead = object !== written?.object;
      written = null;
      const next = decide(object ? parse(object.bytes) : UNUSED);
      // That nothing is left may have changed meanwhile.
      if (next === null && !isRead) continue;
      if (next === null) return null;
      // No two writes have the same bytes, and so none the same entity tag.
      const bytes = Buffer.from(canonicalJson({ ...next, write: randomUUID() }));
      if (await store.putIf(key, bytes, object ? { etag: object.etag } : 'absent')) {
        // Of a bucket that encrypts, the tag is another: then it is read.
        if (object && object.etag === md5(object.bytes)) written = { key, object: { bytes, etag: md5(bytes) } };
        return next;
      }
      await sleep(Math.random() * 20);
    }
  };
  return {
    async take(nowMs) {
      let untilMs = 0;
      const next = await change(nowMs, (now) => {
        untilMs = now.exhausted_until > nowMs ? now.exhausted_until : nextQuotaMs(nowMs);
        return now.exhausted_until > nowMs || now.used >= owner.requestsADay ? null : { ...now, used: now.used + 1 };
      });
      return next ? { left: owner.requestsADay - next.used } : { untilMs };
    },
    async giveBack(takenAtMs) {
      await change(takenAtMs, (now) => ({ ...now, used: Math.max(0, now.used - 1) }));
    },
    async exhaust(nowMs, untilMs) {
      await change(nowMs, (now) => ({ ...now, exhausted_until: untilMs }));
    },
    today: (nowMs) => readDailyQuota(store, owner, nowMs),
  };
}

export async function readDailyQuota(store: ObjectStore, owner: QuotaOwner, nowMs: number): Promise<DayOfQuota> {
  const object = await store.get(keyOf(owner, nowMs));
  return object ? parse(object.bytes) : UNUSED;
}
