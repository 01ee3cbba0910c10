import { expect, it } from 'vitest';
import { openDailyQuota, readDailyQuota } from '../../../activities/collect/daily-quota.ts';
import { memoryStore } from '../memory-store.ts';

const OWNER = { api: 'tiktok', account: 'a', requestsADay: 10 };
const NOW = Date.UTC(2026, 10, 25, 12);
const used = async (store: ReturnType<typeof memoryStore>, nowMs = NOW) =>
  (await readDailyQuota(store, OWNER, nowMs)).used;

function watched() {
  const reads: string[] = [];
  const inner = memoryStore();
  return { reads, store: { ...inner, get: (key: string) => (reads.push(key), inner.get(key)) } };
}

it('reads the ledger until it has written it, and again only when another has', async () => {
  const { store, reads } = watched();
  const [one, other] = [openDailyQuota(store, OWNER), openDailyQuota(store, OWNER)];
  for (const left of [9, 8, 7, 6]) expect(await one.take(NOW)).toEqual({ left });
  expect(reads.length).toBe(2);
  expect(await other.take(NOW)).toEqual({ left: 5 });
  expect(await one.take(NOW)).toEqual({ left: 4 });
  expect(reads.length).toBe(4);
});

it('counts each request of many who ask at once', async () => {
  const store = memoryStore();
  const quotas = Array.from({ length: 4 }, () => openDailyQuota(store, { ...OWNER, requestsADay: 30 }));
  const turns = await Promise.all(Array.from({ length: 40 }, (_, n) => quotas[n % 4]!.take(NOW)));
  expect(turns.flatMap((turn) => ('left' in turn ? [turn.left] : [])).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 30 }, (_, left) => left),
  );
});

it('takes what another has said for the end, and what it has given back', async () => {
  const store = memoryStore();
  const [one, other] = [openDailyQuota(store, OWNER), openDailyQuota(store, OWNER)];
  for (let n = 0; n < 10; n += 1) await one.take(NOW);
  expect(await one.take(NOW)).toEqual({ untilMs: expect.any(Number) });
  await other.giveBack(NOW);
  expect(await one.take(NOW)).toEqual({ left: 0 });
  await other.giveBack(NOW);
  await other.exhaust(NOW, NOW + 5000);
  expect(await one.take(NOW)).toEqual({ untilMs: NOW + 5000 });
});

it('gives a number back to the day that it was taken of', async () => {
  const store = memoryStore();
  const quota = openDailyQuota(store, OWNER);
  const tomorrow = NOW + 86_400_000;
  await quota.take(NOW);
  await quota.take(tomorrow);
  await quota.giveBack(NOW);
  expect([await used(store), await used(store, tomorrow)]).toEqual([0, 1]);
  await quota.giveBack(NOW);
  expect(await used(store)).toBe(0);
});

it('reads each time where entity tags are not those of the bytes, as in a bucket that encrypts', async () => {
  const inner = memoryStore();
  const odd = (etag: string) => `x${etag}`;
  let writes = 0;
  const store = {
    ...inner,
    async get(key: string) {
      const object = await inner.get(key);
      return object && { ...object, etag: odd(object.etag) };
    },
    putIf(key: string, bytes: Uint8Array, condition: Parameters<typeof inner.putIf>[2]) {
      writes += 1;
      return inner.putIf(key, bytes, condition === 'absent' ? condition : { etag: condition.etag.replace(/^x/, '') });
    },
  };
  const quota = openDailyQuota(store, OWNER);
  for (const left of [9, 8, 7]) expect(await quota.take(NOW)).toEqual({ left });
  expect(writes).toBe(3);
});
