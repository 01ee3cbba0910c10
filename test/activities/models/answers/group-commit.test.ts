import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { groupCommit } from '../../../../activities/models/answers/group-commit.ts';
import { until } from '../../../until.ts';

/** A store whose writes end when they are told to. */
function heldStore() {
  const writes: {
    readonly items: readonly string[];
    readonly end: () => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  const write = (items: readonly string[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    writes.push({ items, end: resolve, fail: reject });
    return promise;
  };
  return { writes, write };
}

const isSettled = async (promise: Promise<unknown>) => {
  let settled = false;
  void promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await sleep(30);
  return settled;
};

test('items that come together share one write, and none is done before it is', async () => {
  const { writes, write } = heldStore();
  const append = groupCommit(write);
  const together = ['a', 'b', 'c'].map((item) => append(item));
  expect(await isSettled(Promise.race(together))).toBe(false);
  expect(writes.map(({ items }) => items)).toEqual([['a', 'b', 'c']]);
  writes[0]!.end();
  await Promise.all(together);
});

test('what comes during a write waits for the next, which holds all of it', async () => {
  const { writes, write } = heldStore();
  const append = groupCommit(write);
  const first = append('a');
  await until('the first write', () => writes.length === 1);
  const later = [append('b'), append('c')];
  expect(await isSettled(Promise.race(later))).toBe(false);
  expect(writes).toHaveLength(1);
  writes[0]!.end();
  await first;
  await until('the second write', () => writes.length === 2);
  expect(await isSettled(Promise.race(later))).toBe(false);
  expect(writes.map(({ items }) => items)).toEqual([['a'], ['b', 'c']]);
  writes[1]!.end();
  await Promise.all(later);
});

test('a write that fails fails its own items, and the next is tried', async () => {
  const { writes, write } = heldStore();
  const append = groupCommit(write);
  const first = append('a');
  await until('the first write', () => writes.length === 1);
  const second = append('b');
  writes[0]!.fail(new Error('the disk is full'));
  await expect(first).rejects.toThrow('the disk is full');
  await until('the second write', () => writes.length === 2);
  writes[1]!.end();
  await second;
  // The line is idle again, and takes more.
  const third = append('c');
  await until('the third write', () => writes.length === 3);
  writes[2]!.end();
  await third;
});
