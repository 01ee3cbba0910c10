import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, FaultRule } from '../tiktok-server/fault.ts';
import { coverageOf, type TikTokDataset, TikTokProject } from './tiktok-dataset.ts';

const SMALL = { from: '2022-12-01', to: '2022-12-10' };
const MONTH = { from: '2022-11-20', to: '2023-01-03' };

let tiktok: TikTokProject;
beforeAll(async () => {
  tiktok = await TikTokProject.start();
});
afterAll(() => tiktok?.[Symbol.asyncDispose]());

/** Collects all of it, and has exactly the videos that there are. */
async function expectAll(dataset: TikTokDataset, { from, to }: typeof SMALL, days: number) {
  const manifest = await dataset.collect({ from, to });
  expect(await dataset.ids(manifest)).toEqual(dataset.expected(from, to));
  expect(coverageOf(manifest)).toMatchObject({ complete: days, partial: {}, not_asked: {} });
  return manifest;
}

const later = (fault: Fault): FaultRule => ({ fault, later: true });
/** Such as the day with more than 200 videos, on every request about it. */
const twice = (fault: Fault): FaultRule => ({ fault, times: 2, skip: 1 });

describe('a fault alone', () => {
  it.each<[Fault | FaultRule, Record<string, number>]>([
    [twice({ kind: 'access_token_invalid' }), {}],
    [twice({ kind: 'rate_limit' }), {}],
    [{ fault: { kind: 'rate_limit' }, later: true, times: 11 }, {}],
    [{ fault: { kind: 'daily_quota' }, skip: 3 }, {}],
    [twice({ kind: 'server_error' }), {}],
    [later({ kind: 'server_error' }), {}],
    [twice({ kind: 'gateway_timeout' }), {}],
    [later({ kind: 'gateway_timeout' }), {}],
    [twice({ kind: 'error', status: 400, code: 'timeout', message: 'the request timed out' }), {}],
    [{ kind: 'token_error', status: 500, error: 'internal_error' }, {}],
    [twice({ kind: 'html' }), {}],
    [later({ kind: 'truncated_json' }), {}],
    [{ kind: 'reset', after: 'request' }, {}],
    [{ kind: 'reset', after: 'headers' }, {}],
    [later({ kind: 'reset', after: 'body' }), {}],
    [{ kind: 'hang', ms: 50 }, {}],
    [{ fault: { kind: 'search_id_invalid' }, times: 3 }, {}],
    [{ fault: { kind: 'invalid_cursor' }, times: 3 }, {}],
    [twice({ kind: 'short_page', rows: 27 }), {}],
    [later({ kind: 'short_page', rows: 0 }), { empty_page: 1 }],
    [twice({ kind: 'empty_page' }), { empty_page: 2 }],
    [later({ kind: 'empty_page' }), { empty_page: 1 }],
    [{ kind: 'search_id_changes' }, {}],
    [later({ kind: 'search_id_changes' }), { search_id_changed: 1 }],
    [later({ kind: 'search_id_changes', keepOld: true }), { search_id_changed: 1 }],
    [twice({ kind: 'duplicate', on: 'page' }), { duplicate: 2 }],
    [{ kind: 'duplicate', on: 'next' }, {}],
    [{ kind: 'nul_username' }, { nul_in_text: 1 }],
    [{ kind: 'other_structs' }, {}],
    [{ kind: 'without_fields', fields: ['username', 'view_count', 'hashtag_names'] }, {}],
    [{ fault: { kind: 'without_fields', fields: ['create_time'] }, times: 'always' }, { no_create_time: 700 }],
  ])('%j', async (fault, notes) => {
    await using dataset = await tiktok.dataset({ faults: [fault] });
    const manifest = await expectAll(dataset, SMALL, 10);
    expect(Object.values(dataset.server.counts().byFault)).toEqual([expect.any(Number)]);
    expect(await dataset.notes(manifest)).toMatchObject(notes);
  });

  it('an answer that never comes', async () => {
    await using dataset = await tiktok.dataset({ timeoutMs: 500, faults: [{ fault: { kind: 'hang' }, skip: 2 }] });
    const manifest = await expectAll(dataset, SMALL, 10);
    expect((await dataset.log(manifest)).map(({ code }) => code)).toContain('too_slow');
  });

  it.each<[Fault, RegExp]>([
    [{ kind: 'scope_not_authorized' }, /scope_not_authorized/],
    [{ kind: 'token_error', error: 'invalid_client' }, /invalid_client/],
  ])('ends the run, and the next has what is missing: %j', async (fault, said) => {
    await using dataset = await tiktok.dataset({
      faults: [{ fault, ...(fault.kind !== 'token_error' && { skip: 3 }) }],
    });
    await dataset.declare(SMALL);
    await expect(dataset.run()).rejects.toThrow(said);
    const asked = dataset.used();
    await expectAll(dataset, SMALL, 10);
    expect(dataset.server.counts().lostThread).toBe(0);
    expect(asked + dataset.used()).toBeLessThanOrEqual(8);
  });
});

describe('many faults together', () => {
  const MIX: readonly Fault[] = [
    { kind: 'access_token_invalid' },
    { kind: 'rate_limit' },
    { kind: 'server_error' },
    { kind: 'gateway_timeout' },
    { kind: 'html' },
    { kind: 'truncated_json' },
    { kind: 'search_id_invalid' },
    { kind: 'invalid_cursor' },
    { kind: 'short_page', rows: 27 },
    { kind: 'empty_page' },
    { kind: 'search_id_changes' },
    { kind: 'search_id_changes', keepOld: true },
    { kind: 'duplicate', on: 'page' },
    { kind: 'duplicate', on: 'next' },
    { kind: 'nul_username' },
    { kind: 'other_structs' },
    { kind: 'without_fields', fields: ['create_time', 'username'] },
    { kind: 'wrong_time', byS: 86_400 },
    { kind: 'wrong_time', byS: -86_400 },
  ];

  it.each([1, 2, 3, 4, 5, 6])('have the same videos, seed %i', async (seed) => {
    const faults = MIX.map((fault, index) => ({ fault, probability: 0.03, seed: seed * 100 + index }));
    const endDate = seed % 2 === 0 ? 'exclusive' : 'inclusive';
    await using dataset = await tiktok.dataset({ population: 'month', structs: 'mixed', endDate, faults });
    await expectAll(dataset, MONTH, 45);
    expect(Object.keys(dataset.server.counts().byFault).length).toBeGreaterThan(3);
    expect(dataset.server.counts().lostThread).toBe(0);
  });
});
