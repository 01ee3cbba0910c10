import { expect, it } from 'vitest';
import type { JsonObject } from '../../../activities/collect/api-json.ts';
import { readPages, Rounds } from '../../../activities/tiktok/read-pages.ts';

const REQUEST = { unit: 'u', endpoint: 'video/query', fields: [], list: 'videos', body: () => '{}' } as const;

/** What a unit of one page with such data ends with, and whether its pages are dropped. */
async function ended(data: JsonObject) {
  const abandoned: string[] = [];
  const pages = readPages(
    {
      ask: () => Promise.resolve({ kind: 'ok', data, request: 'r', answeredAtMs: 0 }),
      note: () => {},
      abandon: (unit) => abandoned.push(unit),
    },
    REQUEST,
    new Rounds(),
  );
  let next = await pages.next();
  while (next.done !== true) next = await pages.next();
  return { ...next.value, abandoned };
}

it.each<[string, JsonObject]>([
  ['nothing at all', {}],
  ['an object for a list', { videos: { id: 1n }, has_more: false }],
  ['a text for a list', { videos: '', has_more: false }],
])('takes %s for a broken reply, not for an end: nobody is deleted by it', async (_what, data) => {
  expect(await ended(data)).toMatchObject({ kind: 'failed', code: 'no_list', abandoned: ['u'] });
});

it.each<[string, JsonObject]>([
  ['an empty list', { videos: [], has_more: false }],
  ['a list that is left out beside the word that there is no more', { has_more: false }],
  ['a list alone', { videos: [] }],
])('takes %s for the end', async (_what, data) => {
  expect(await ended(data)).toEqual({ kind: 'end', abandoned: [] });
});
