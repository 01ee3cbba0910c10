import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, expect, inject, it } from 'vitest';
import { openMinioStore } from '../../activities/minio-store.ts';
import { clearingInTheWay, LeaseHeldError, type LeaseKind, LeaseLostError, takeLease } from '../../manifests/lease.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { openWorkLease, takeClearingLease } from '../../manifests/work-lease.ts';

const LONG = { expiryMs: 60_000, renewMs: 60_000, trustMs: 60_000 };
let store: ObjectStore;
beforeEach(async () => {
  store = await openMinioStore({ ...inject('services').s3, bucket: `lease-${randomBytes(6).toString('hex')}` });
});
async function leases(): Promise<number> {
  let count = 0;
  for await (const _lease of store.list('leases/')) count += 1;
  return count;
}

it('lets many work at a time, but nobody beside one who clears', async () => {
  const first = await takeLease(store, 'work', 'worker 1');
  const second = await takeLease(store, 'work', 'worker 2');
  await first[Symbol.asyncDispose]();
  await expect(takeLease(store, 'clearing', 'gc')).rejects.toThrow('A run is at work on this bucket (worker 2).');
  await second[Symbol.asyncDispose]();
  const clearing = await takeLease(store, 'clearing', 'gc 1');
  await expect(takeLease(store, 'work', 'worker')).rejects.toThrow('gc 1 is removing objects from this bucket.');
  await expect(takeLease(store, 'clearing', 'gc 2')).rejects.toThrow(LeaseHeldError);
  await clearing[Symbol.asyncDispose]();
  expect(await leases()).toBe(0);
});

it('says who is clearing, to those who are going to wait for it', async () => {
  expect(await clearingInTheWay(store)).toBeNull();
  const clearing = await takeLease(store, 'clearing', 'gettok gc of ada');
  expect(await clearingInTheWay(store)).toMatchObject({
    who: 'gettok gc of ada',
    until: expect.stringMatching(/^\d\d:\d\d:\d\d UTC$/),
  });
  await clearing[Symbol.asyncDispose]();
  expect(await clearingInTheWay(store)).toBeNull();
  expect(await leases()).toBe(0);
});

it('never gives both kinds at a time, however many race for it', async () => {
  const held: Record<LeaseKind, number> = { work: 0, clearing: 0 };
  const taken: Record<LeaseKind, number> = { work: 0, clearing: 0 };
  const racer = async (kind: LeaseKind) => {
    for (let tries = 0; tries < 12; tries += 1) {
      const lease = await takeLease(store, kind, 'racer').catch((error: unknown) => {
        if (error instanceof LeaseHeldError) return null;
        throw error;
      });
      if (!lease) {
        await pause(Math.random() * 10);
        continue;
      }
      held[kind] += 1;
      taken[kind] += 1;
      expect(held.clearing === 0 || (held.clearing === 1 && held.work === 0)).toBe(true);
      await pause(Math.random() * 5);
      held[kind] -= 1;
      await lease[Symbol.asyncDispose]();
    }
  };
  await Promise.all((['work', 'work', 'work', 'clearing', 'clearing'] as const).map(racer));
  expect(taken.work).toBeGreaterThan(0);
  await (await takeLease(store, 'clearing', 'at last'))[Symbol.asyncDispose]();
});

it('clears after work that has just ended, and not beside work that goes on', async () => {
  const work = openWorkLease(store, 'worker');
  await work.during(() => Promise.resolve());
  expect(await leases()).toBe(1);
  await (await takeClearingLease(store, 'gc'))[Symbol.asyncDispose]();
  expect(await leases()).toBe(0);
  await work.during(() => expect(takeClearingLease(store, 'gc')).rejects.toThrow(LeaseHeldError));
});

it('takes the place of one whose holder was killed, once it was not renewed for long', async () => {
  await takeLease(store, 'work', 'a killed worker', LONG);
  await expect(takeLease(store, 'clearing', 'gc', LONG)).rejects.toThrow(LeaseHeldError);
  await pause(30);
  const lease = await takeLease(store, 'clearing', 'gc', { ...LONG, expiryMs: 10 });
  expect(await leases()).toBe(1);
  await lease[Symbol.asyncDispose]();
});

it('is renewed while it is held', async () => {
  const modified = async () => {
    for await (const lease of store.list('leases/')) return lease.modified.getTime();
    return 0;
  };
  await using _lease = await takeLease(store, 'work', 'worker', { ...LONG, renewMs: 20 });
  const first = await modified();
  await expect.poll(modified).toBeGreaterThan(first);
});

it('stays given back when a renewal was on its way', async () => {
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  let writes = 0;
  const slow: ObjectStore = {
    ...store,
    async put(key, bytes) {
      writes += 1;
      if (writes > 1) {
        begun.resolve();
        await held.promise;
      }
      await store.put(key, bytes);
    },
  };
  const lease = await takeLease(slow, 'work', 'worker', { ...LONG, renewMs: 20 });
  await begun.promise;
  const givenBack = lease[Symbol.asyncDispose]();
  // Whatever else it does meanwhile, it has had the time for it.
  await pause(50);
  held.resolve();
  await givenBack;
  await pause(50);
  expect(await leases()).toBe(0);
});

it('writes no result under a lease that was lost, and begins anew under another', async () => {
  const lease = openWorkLease(store, 'worker', { ...LONG, trustMs: 200 });
  const write = (name: string) => lease.store.putIf(name, Buffer.from(name), 'absent');
  await lease.during(async () => {
    await write('before');
    // As a machine that sleeps: nothing is renewed meanwhile.
    await pause(250);
    await expect(write('after')).rejects.toThrow(LeaseLostError);
  });
  await lease.during(() => write('anew'));
  expect([await store.has('before'), await store.has('after'), await store.has('anew')]).toEqual([true, false, true]);
});

it('begins work once the clearing has ended, unless it is cancelled while it waits', async () => {
  const clearing = await takeLease(store, 'clearing', 'gc');
  const lease = openWorkLease(store, 'worker');
  const order: string[] = [];
  const work = lease.during(async () => order.push('work'));
  const cancelled = new AbortController();
  const other = lease.during(async () => order.push('cancelled'), cancelled.signal);
  cancelled.abort(new Error('cancelled'));
  await expect(other).rejects.toThrow('cancelled');
  order.push('cleared');
  await clearing[Symbol.asyncDispose]();
  await work;
  expect(order).toEqual(['cleared', 'work']);
  // Given back after the last piece of work.
  await expect.poll(leases, { timeout: 5000 }).toBe(0);
});
