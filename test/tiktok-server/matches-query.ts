import type { Condition, FieldName, Operation, QueryConditions } from './condition.ts';
import { dayOf } from './utc-day.ts';
import { countsAt, lengthOf, type Video } from './video.ts';

export type VideoTest = (video: Video) => boolean;

/** All of `and`, at least one of `or`, none of `not`; a list that is empty or missing asks for nothing. */
export function matchesQuery({ and = [], or = [], not = [] }: QueryConditions, nowMs: number): VideoTest {
  // Prepared once, since a query is put to tens of thousands of videos.
  const testOf = (condition: Condition): VideoTest => testsOf[condition.field_name](condition, nowMs);
  const all = and.map(testOf);
  const any = or.map(testOf);
  const none = not.map(testOf);
  return (video) =>
    all.every((test) => test(video)) &&
    (any.length === 0 || any.some((test) => test(video))) &&
    !none.some((test) => test(video));
}

type MakeTest = (condition: Condition, nowMs: number) => VideoTest;

/** EQ or IN: one of the values is one of the video's own. */
const holds =
  (own: (video: Video) => readonly string[]): MakeTest =>
  ({ field_values: values }) => {
    const wanted = new Set(values);
    return (video) => own(video).some((text) => wanted.has(text));
  };

/** The first value is the bound of everything but EQ and IN. */
const comparisons: Readonly<Record<Operation, (number: number, values: readonly number[]) => boolean>> = {
  EQ: (number, values) => values.includes(number),
  IN: (number, values) => values.includes(number),
  GT: (number, [bound = 0]) => number > bound,
  GTE: (number, [bound = 0]) => number >= bound,
  LT: (number, [bound = 0]) => number < bound,
  LTE: (number, [bound = 0]) => number <= bound,
};

const compares =
  (numberOf: (video: Video, nowMs: number) => number): MakeTest =>
  ({ operation, field_values: values }, nowMs) => {
    const numbers = values.map(Number);
    return (video) => comparisons[operation](numberOf(video, nowMs), numbers);
  };

// Whether the real API minds upper case is not documented: here it doesn't, since its rows have hashtags in lower case.
const lowerCase = ({ field_values: values }: Condition): string[] => values.map((value) => value.toLowerCase());

const testsOf: Readonly<Record<FieldName, MakeTest>> = {
  username: holds(({ username }) => [username]),
  region_code: holds(({ regionCode }) => [regionCode]),
  video_id: holds(({ id }) => [String(id)]),
  music_id: holds(({ musicId }) => [String(musicId)]),
  effect_id: holds(({ effectIds }) => effectIds),
  video_length: holds((video) => [lengthOf(video)]),
  hashtag_name: (condition) => {
    const wanted = new Set(lowerCase(condition));
    return ({ hashtags }) => hashtags.some((tag) => wanted.has(tag));
  },
  keyword: (condition) => {
    const wanted = lowerCase(condition);
    return ({ description }) => {
      const text = description.toLowerCase();
      return wanted.some((word) => text.includes(word));
    };
  },
  create_date: compares(({ createTime }) => Number(dayOf(createTime * 1000))),
  view_count: compares((video, nowMs) => countsAt(video, nowMs).view_count),
  comment_count: compares((video, nowMs) => countsAt(video, nowMs).comment_count),
};
