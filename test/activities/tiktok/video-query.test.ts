import { describe, expect, it } from 'vitest';
import { stepKinds } from '../../../activities/kinds/index.ts';
import { loadText } from './load-text.ts';
import { researchQuery } from '../../../activities/tiktok/video-query.ts';

const PERIOD = { from: '2022-11-20', to: '2023-03-01' };

it('makes the query of the original collection: the region, and any of the keywords or hashtags', () => {
  expect(
    researchQuery({ ...PERIOD, regions: ['PE'], keywords: ['Castillo', 'Boluarte'], hashtags: ['golpedeestado'] }),
  ).toEqual({
    and: [{ operation: 'IN', field_name: 'region_code', field_values: ['PE'] }],
    or: [
      { operation: 'IN', field_name: 'keyword', field_values: ['Boluarte', 'Castillo'] },
      { operation: 'IN', field_name: 'hashtag_name', field_values: ['golpedeestado'] },
    ],
  });
});

it('leaves the or to the query where there are keywords alone', () => {
  const condition = { operation: 'GT' as const, field_name: 'view_count', field_values: [1000] };
  expect(researchQuery({ ...PERIOD, keywords: ['Castillo'], query: { or: [condition], not: [condition] } })).toEqual({
    and: [{ operation: 'IN', field_name: 'keyword', field_values: ['Castillo'] }],
    or: [{ ...condition, field_values: ['1000'] }],
    not: [{ ...condition, field_values: ['1000'] }],
  });
});

it('is the same collection whatever the order and form in which it is declared', () => {
  const collects = stepKinds.get('tiktok/videos')!.collects!;
  const short = { ...PERIOD, regions: ['PE', 'BO'] };
  const long = {
    ...PERIOD,
    to: '2022-12-01',
    query: { and: [{ operation: 'IN', field_name: 'region_code', field_values: ['BO', 'PE'] }] },
  };
  expect(collects.identity(long)).toEqual(collects.identity(short));
});

describe('says what is wrong with a declared query, and where', () => {
  it.each([
    ['regions: [PE], from: 2022-11-20', ['lacks to under with']],
    ['regions: [PE], from: 2022-02-30, to: 2022-03-01', ['expected a date such as 2022-11-20']],
    [
      'regions: [PE], from: 2023-11-20, to: 2023-03-01',
      ['the period ends on 2023-03-01, before it begins on 2023-11-20'],
    ],
    ['from: 2022-11-20, to: 2022-11-20', ['nothing says which videos, expected regions, keywords']],
    ['regions: [pe], from: 2022-11-20, to: 2022-11-20', ['it is "pe", expected a region of two capital letters']],
    ['hashtags: ["#golpe"], from: 2022-11-20, to: 2022-11-20', ['expected a name without its #']],
    ['usernames: ["@ada"], from: 2022-11-20, to: 2022-11-20', ['expected a name without its @']],
    ['music_ids: [7320768196569599275], from: 2022-11-20, to: 2022-11-20', ['expected a text']],
    ['video_length: [short], from: 2022-11-20, to: 2022-11-20', ['expected one of SHORT, MID, LONG, EXTRA_LONG']],
    ['regions: [PE], fields: [likes], from: 2022-11-20, to: 2022-11-20', ['expected one of create_time, username']],
    [
      'query: { and: [{ operation: GT, field_name: region_code, field_values: [PE] }] }, from: 2022-11-20, to: 2022-11-20',
      ["region_code can't be compared by GT, expected EQ or IN"],
    ],
    [
      'query: { and: [{ operation: EQ, field_name: keyword, field_values: [a, b] }] }, from: 2022-11-20, to: 2022-11-20',
      ['EQ takes one value, found 2; IN takes any of several'],
    ],
    [
      'query: { not: [{ operation: LT, field_name: create_date, field_values: [20221320] }] }, from: 2022-11-20, to: 2022-11-20',
      ['it is 20221320, expected a day such as 20221120'],
    ],
    [
      'query: { or: [{ operation: EQ, field_name: likes, field_values: [1] }] }, from: 2022-11-20, to: 2022-11-20',
      ['expected one of create_date, username'],
    ],
    [
      'keywords: [a], hashtags: [b], query: { or: [{ operation: EQ, field_name: keyword, field_values: [c] }] }, from: 2022-11-20, to: 2022-11-20',
      ['the API takes one or'],
    ],
  ])('%s', async (declared, expected) => {
    const problems = await loadText(`{ uses: tiktok/videos, with: { ${declared} } }`);
    for (const text of expected) expect(problems).toContain(text);
  });
});

it('takes days as YAML writes them', async () => {
  expect(
    await loadText(
      '{ uses: tiktok/videos, with: { regions: [PE], keywords: [Castillo, Boluarte], from: 2022-11-20, to: 2023-03-01 } }',
    ),
  ).toBe('');
});
