import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { canonicalJson } from '../../manifests/canonical-json.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';

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
const parse = (bytes: Buffer): DayOfQuota => schema.parse(JSON.parse(bytes.toString('utf8')));

/** A request whose sender was killed counts all the same: the API may have seen it. */
export function openDailyQuota(store: ObjectStore, owner: QuotaOwner): DailyQuota {
  const change = async (nowMs: number, decide: (now: DayOfQuota) => DayOfQuota | null): Promise<DayOfQuota | null> => {
    const key = keyOf(owner, nowMs);
    for (;;) {
      const object = await store.get(key);
      const next = decide(object ? parse(object.bytes) : UNUSED);
      if (next === null) return null;
      // No two writes have the same bytes, and so none the same entity tag.
      const bytes = Buffer.from(canonicalJson({ ...next, write: randomUUID() }));
      if (await store.putIf(key, bytes, object ? { etag: object.etag } : 'absent')) return next;
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
