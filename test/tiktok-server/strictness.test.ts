import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Condition } from './condition.ts';
import { peruQuery } from './peru-query.ts';
import { testClient } from './tiktok-client.ts';
import { TikTokServer } from './tiktok-server.ts';

const server = await TikTokServer.start({ population: 'tiny' });
const client = await testClient(server);
beforeEach(() => server.reset());
afterAll(() => server.close());

const good = { query: peruQuery, start_date: '20221206', end_date: '20221208' };

const condition = (changes: object): object => ({
  ...good,
  query: { and: [{ operation: 'EQ', field_name: 'region_code', field_values: ['PE'], ...changes }] },
});

describe('a video query is refused', () => {
  it.each<[string, object]>([
    ['Unknown parameter page_size', { ...good, page_size: 5 }],
    ['Unknown parameter nor', { ...good, query: { ...peruQuery, nor: [] } }],
    ['Unknown parameter values', condition({ values: [] })],
    ['query is required', { start_date: '20221206', end_date: '20221208' }],
    ['start_date is required', { query: peruQuery, end_date: '20221208' }],
    ['at least one non-empty list', { ...good, query: {} }],
    ['at least one non-empty list', { ...good, query: { and: [], not: [] } }],
    ['query.and must be a list', { ...good, query: { and: peruQuery.and?.[0] } }],
    ['start_date must be a date YYYYMMDD', { ...good, start_date: '2022-12-06' }],
    ['start_date must be a string', { ...good, start_date: 20_221_206n }],
    ['end_date must be a date YYYYMMDD', { ...good, end_date: '20230230' }],
    ['end_date 20221208 is before start_date 20221209', { ...good, start_date: '20221209' }],
    ['more than 30 days after start_date', { ...good, start_date: '20221107' }],
    ['max_count must be from 1 to 100, got 101', { ...good, max_count: 101 }],
    ['max_count must be from 1 to 100, got 0', { ...good, max_count: 0 }],
    ['max_count must be an int64, got "100"', { ...good, max_count: '100' }],
    ['cursor must not be negative', { ...good, cursor: -1 }],
    ['cursor must be an int64', { ...good, cursor: 1.5 }],
    ['cursor must be an int64', { ...good, cursor: 2n ** 63n }],
    ['search_id must be a string', { ...good, search_id: 7_320_768_196_569_599_275n }],
    ['is_random must be true or false', { ...good, is_random: 'no' }],
    ['field_name is invalid: "region"', condition({ field_name: 'region' })],
    ['operation is invalid: "CONTAINS"', condition({ operation: 'CONTAINS' })],
    ['region_code does not support GT', condition({ operation: 'GT' })],
    ['non-empty list of strings', condition({ field_values: [] })],
    ['non-empty list of strings', condition({ field_values: 'PE' })],
    ['EQ takes one value, got 2', condition({ field_values: ['PE', 'CO'] })],
    ['region_code takes a region code such as PE, got "Peru"', condition({ field_values: ['Peru'] })],
    ['field_values must be strings, got 7', condition({ field_name: 'video_id', field_values: [7n] })],
    ['video_id takes a numeric id', condition({ field_name: 'video_id', field_values: ['7x'] })],
    ['SHORT, MID, LONG or EXTRA_LONG', condition({ field_name: 'video_length', field_values: ['30'] })],
    ['a date YYYYMMDD', condition({ field_name: 'create_date', operation: 'GTE', field_values: ['2022-12-06'] })],
    ['a whole number', condition({ field_name: 'view_count', operation: 'GT', field_values: ['1e3'] })],
  ])('%s', async (message, body) => {
    const reply = await client.videos(body);
    expect(reply).toMatchObject({ status: 400, code: 'invalid_params', message: expect.stringContaining(message) });
  });

  it.each([
    ['', 'fields is required'],
    ['id,video_id', 'Invalid fields: video_id'],
    ['id,favourites_count', 'Invalid fields: favourites_count'],
    ['id,id', 'Invalid fields: id'],
    ['id&max_count=5', 'Unknown query parameter max_count'],
  ])('with fields "%s": %s', async (fields, message) => {
    expect(await client.videos(good, fields)).toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });

  it('when it is no JSON, of another content type, on another path, by another method', async () => {
    expect(await client.post('video/query/?fields=id', '{"query":')).toMatchObject({ code: 'invalid_params' });
    expect((await client.post('video/query?fields=id', good)).status).toBe(404);
    const path = `${server.url}/v2/research/video/query/?fields=id`;
    expect((await fetch(path, { headers: { authorization: 'Bearer x' } })).status).toBe(405);
    expect(server.requests.map(({ status, body }) => [status, body.slice(0, 9)])).toEqual([
      [400, '{"query":'],
      [404, '{"query":'],
      [405, ''],
    ]);
  });

  it('but costs a request of the day, as one that is answered does', async () => {
    await client.videos({ ...good, max_count: 101 });
    await client.videos(good);
    expect(server.quotaUsed('key')).toEqual({ requests: 2, records: 20 });
  });
});

describe('conditions', () => {
  const countOf = async (query: object): Promise<number> => {
    const { code, videos } = await client.videos({ ...good, query, max_count: 100 });
    expect(code).toBe('ok');
    return videos.length;
  };
  const is = (field_name: Condition['field_name'], operation: Condition['operation'], ...field_values: string[]) => ({
    operation,
    field_name,
    field_values,
  });
  const region = [is('region_code', 'IN', 'PE', 'CO', 'MX', 'US', 'CL', 'AR', 'ES')];

  it('and, or, not', async () => {
    const all = await countOf({ and: region });
    const peru = await countOf({ and: [is('region_code', 'EQ', 'PE')] });
    expect(await countOf({ not: [is('region_code', 'EQ', 'PE')] })).toBe(all - peru);
    const short = is('video_length', 'EQ', 'SHORT');
    const shortElsewhere = await countOf({ and: [short], not: [is('region_code', 'EQ', 'PE')] });
    expect(await countOf({ or: [is('region_code', 'EQ', 'PE'), short] })).toBe(peru + shortElsewhere);
    expect(await countOf({ and: region, not: region })).toBe(0);
    expect(all).toBeGreaterThan(peru);
  });

  it('bounds of numbers and dates split what there is', async () => {
    const all = await countOf({ and: region });
    for (const [field, bound] of [
      ['view_count', '900000'],
      ['comment_count', '50'],
      ['create_date', '20221207'],
    ] as const) {
      const [below, from, to, above] = await Promise.all(
        (['LT', 'GTE', 'LTE', 'GT'] as const).map((operation) => countOf({ and: [is(field, operation, bound)] })),
      );
      expect([(below ?? 0) + (from ?? 0), (to ?? 0) + (above ?? 0)]).toEqual([all, all]);
      expect(below).toBeGreaterThan(0);
      expect(above).toBeGreaterThan(0);
    }
  });

  it('name one video by its id, and lengths as the documentation bounds them', async () => {
    const { videos } = server;
    const id = String(videos.find(({ createTime }) => createTime > 1_670_284_800 && createTime < 1_670_544_000)?.id);
    expect(await countOf({ and: [is('video_id', 'EQ', id)] })).toBe(1);
    expect(await countOf({ and: [is('video_id', 'IN', id, '7')] })).toBe(1);
    const lengths = await Promise.all(
      ['SHORT', 'MID', 'LONG', 'EXTRA_LONG'].map((length) => countOf({ and: [is('video_length', 'EQ', length)] })),
    );
    expect(lengths.reduce((sum, count) => sum + count, 0)).toBe(await countOf({ and: region }));
  });
});
