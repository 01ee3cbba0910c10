import { describe, expect, it } from 'vitest';
import type { ApiJson } from '../../../activities/collect/api-json.ts';
import { readVideo } from '../../../activities/tiktok/read-video.ts';
import { videoColumns, videoFieldTypes } from '../../../activities/tiktok/video-fields.ts';
import { parseApiJson } from '../../../activities/tiktok/parse-api-json.ts';
import { rowCheck } from '../../../datasets/row-check.ts';

const TYPES = videoFieldTypes();
const CREATED = 1_704_500_000n;
const ID = (CREATED << 32n) + 123_456_789n;

function read(raw: ApiJson | null) {
  const notes: string[] = [];
  const video = readVideo(raw, TYPES, 1_764_000_000n, (what) => notes.push(what));
  // Whatever a stranger wrote, the row can be stored.
  if (video) rowCheck(videoColumns(TYPES))({ ...video.values });
  return { ...video, notes };
}

it('reads a video as it comes, with every column', () => {
  const body = `{"id":${ID},"create_time":${CREATED},"username":"ada","music_id":7312345678901234567,"like_count":12,
    "hashtag_names":["a","b"],"effect_ids":["7","0"],"is_stem_verified":false,"view_count":9007199254740993}`;
  const { id, days, values, notes } = read(parseApiJson(body));
  expect([id, days, notes]).toEqual([String(ID), ['2024-01-06'], []]);
  expect(Object.keys(values!)).toEqual(Object.keys(videoColumns(TYPES)));
  expect(values).toMatchObject({
    create_time: CREATED,
    username: 'ada',
    music_id: '7312345678901234567',
    like_count: 12n,
    view_count: 9007199254740993n,
    hashtag_names: ['a', 'b'],
    effect_ids: ['7', '0'],
    is_stem_verified: false,
    comment_count: null,
    voice_to_text: null,
    video_label: null,
    observed_at: 1_764_000_000n,
    deleted_at: null,
  });
});

describe('notes what is strange, and keeps the row', () => {
  const base = { id: ID, create_time: CREATED };
  it.each<[string, ApiJson, string[], Record<string, unknown>]>([
    ['NUL in a name', { ...base, username: 'a\0b' }, ['nul_in_text'], { username: 'a\0b' }],
    ['half a character', { ...base, voice_to_text: 'a\ud83d' }, ['lone_surrogate'], { voice_to_text: 'a\ufffd' }],
    ['an object for a Struct', { ...base, video_label: { b: 1n, a: 'x' } }, [], { video_label: '{"a":"x","b":1}' }],
    ['a list for a Struct', { ...base, video_label: [{ b: ID }] }, [], { video_label: `[{"b":"${ID}"}]` }],
    ['a text for a count', { ...base, view_count: 'many' }, ['unfit_value'], { view_count: null }],
    ['a number that JSON has no form for', { ...base, video_tag: [Infinity] }, ['unfit_value'], { video_tag: null }],
    ['a field nobody knows', { ...base, new_field: 1n }, ['unknown_field'], {}],
    ['the old spelling', { ...base, favourites_count: 3n }, [], { favorites_count: 3n }],
    ['the id under its other name', { video_id: String(ID), create_time: CREATED }, [], { create_time: CREATED }],
    ['a time that is not the id’s', { ...base, create_time: CREATED + 700n }, ['id_time_mismatch'], {}],
    ['a time 41 s from the id’s', { ...base, create_time: CREATED + 41n }, [], {}],
    ['no time', { id: ID }, ['no_create_time'], { create_time: null }],
    ['milliseconds', { ...base, create_time: CREATED * 1000n }, ['unfit_value'], { create_time: null }],
  ])('%s', (_what, raw, notes, values) => {
    const video = read(raw);
    expect([video.id, video.days, video.notes]).toEqual([String(ID), ['2024-01-06'], notes]);
    expect(video.values).toMatchObject(values);
  });

  it('may be of several days when its time is missing or contradicts its id', () => {
    const midnight = BigInt(Date.UTC(2024, 0, 7) / 1000);
    const id = (midnight - 30n) << 32n;
    expect(read({ id }).days).toEqual(['2024-01-06', '2024-01-07']);
    expect(read({ id, create_time: midnight }).days).toEqual(['2024-01-07']);
    expect(read({ id, create_time: midnight + 86_400n }).days).toEqual(['2024-01-08', '2024-01-06', '2024-01-07']);
  });

  it.each<[string, ApiJson]>([
    ['no id', { create_time: CREATED }],
    ['an id that was rounded', { id: 7.3e18 }],
    ['an id of more than 64 bits', { id: 2n ** 63n }],
    ['no object', 'x'],
  ])('but for %s', (_what, raw) => {
    expect(read(raw)).toEqual({ notes: ['no_id'] });
  });
});
