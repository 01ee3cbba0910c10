import { expect, it } from 'vitest';
import type { JsonObject } from '../../../activities/collect/api-json.ts';
import type { CollectReply, CollectRequest } from '../../../activities/collect/collect-tools.ts';
import { collectComments } from '../../../activities/tiktok/collect-comments.ts';
import { parseApiJson } from '../../../activities/tiktok/parse-api-json.ts';
import { stepKinds } from '../../../activities/kinds/index.ts';
import { collected, keptRows, NOW, toolsFor } from './scripted-api.ts';

const [FEW, NONE, MANY, GONE] = [
  '7320768196569599275',
  '7320768196569699277',
  '7320768196569799279',
  '7320768196569899281',
];

/** Answers by video: how many comments it has, or the code of a refusal or failure. */
function commentsApi(videos: Record<string, number | string>) {
  const bodies: string[] = [];
  return {
    bodies,
    answer({ body }: CollectRequest): CollectReply {
      bodies.push(body);
      const asked = parseApiJson(body)!;
      const [video, cursor, most] = ['video_id', 'cursor', 'max_count'].map((name) => asked[name] as bigint);
      const found = videos[String(video)] ?? 'invalid_params';
      const request = `r${bodies.length}`;
      if (typeof found === 'string')
        return { kind: found === 'internal_error' ? 'failed' : 'refused', code: found, message: found, request };
      const from = Number(cursor);
      const comments: JsonObject[] = Array.from({ length: Math.min(Number(most), found - from) }, (_, index) => ({
        id: video! + 1000n + BigInt(from + index),
        video_id: video!,
        parent_comment_id: video!,
        text: index === 0 ? '' : 'hola\0',
        create_time: 1_704_500_000n,
      }));
      const next = from + comments.length;
      const data = { comments, cursor: BigInt(next), has_more: next < found };
      return { kind: 'ok', data, request, answeredAtMs: NOW };
    },
  };
}

const collect = async (ids: readonly string[], api: ReturnType<typeof commentsApi>, run = {}) => {
  const bench = toolsFor(api, run);
  return { ...bench, ...(await collected(collectComments(ids, bench.tools))) };
};

it('has the comments of each video, and asks by an id that no number holds', async () => {
  const api = commentsApi({ [FEW]: 130, [NONE]: 0 });
  const { rows, coverage, notes, completed } = await collect([FEW, NONE], api);
  expect(api.bodies).toEqual([
    '{"video_id":7320768196569599275,"max_count":100,"cursor":0}',
    '{"video_id":7320768196569599275,"max_count":100,"cursor":100}',
    '{"video_id":7320768196569699277,"max_count":100,"cursor":0}',
  ]);
  expect(rows.size).toBe(130);
  expect([...rows.values()][0]).toEqual({
    kind: 'row',
    id: '7320768196569600275',
    request: 'r1',
    values: {
      video_id: FEW,
      text: '',
      like_count: null,
      reply_count: null,
      parent_comment_id: FEW,
      create_time: 1_704_500_000n,
      observed_at: BigInt(NOW / 1000),
    },
  });
  expect([coverage.complete, completed, notes]).toEqual([2, [FEW, NONE], { nul_in_text: 128 }]);
});

it('takes the thousand that the API gives, and says that there are more', async () => {
  const api = commentsApi({ [MANY]: 1001, [FEW]: 1000 });
  const { rows, coverage } = await collect([FEW, MANY], api);
  expect(api.bodies).toHaveLength(20);
  expect(rows.size).toBe(2001);
  expect(rows.get(`video:${MANY}`)!.failure).toMatchObject({ status: 'skipped', code: 'api_limit_1000' });
  expect(coverage).toEqual({ of: 'item', complete: 1, partial: { api_limit_1000: 1 }, not_asked: {} });
});

it('says of which videos there are no comments to be had, and asks for those again only when told', async () => {
  const first = await collect([FEW, NONE, MANY, GONE, 'abc'], commentsApi({ [FEW]: 3, [NONE]: 0, [MANY]: 1200 }));
  expect(
    [...first.rows.values()].filter(({ failure }) => failure).map(({ id, failure }) => [id, failure!.code]),
  ).toEqual([
    [`video:${MANY}`, 'api_limit_1000'],
    [`video:${GONE}`, 'invalid_params'],
    ['video:abc', 'invalid_id'],
  ]);
  const earlier = { kept: keptRows(first), completeUnits: async () => new Set(first.completed) };
  const api = commentsApi({ [GONE]: 2 });
  const second = await collect([FEW, NONE, MANY, GONE, 'abc'], api, { earlier });
  expect([api.bodies, second.coverage]).toEqual([[], first.coverage]);
  const third = await collect([FEW, GONE], api, { earlier, askAgain: ['invalid_params'] });
  expect([third.rows.size, third.withdrawn]).toEqual([2, [`video:${GONE}`]]);
});

it('keeps what it has of a video that failed, and asks for it the next time', async () => {
  const { coverage, completed } = await collect([FEW], commentsApi({ [FEW]: 'internal_error' }));
  expect([coverage.partial, completed]).toEqual([{ server_error: 1 }, []]);
  const stopped = await collect([FEW, NONE], commentsApi({ [FEW]: 3, [NONE]: 0 }), { maxRequests: 1 });
  expect(stopped.coverage).toEqual({ of: 'item', complete: 1, partial: {}, not_asked: { max_requests: 1 } });
});

it('keeps comments of videos that are still asked for', () => {
  const { collects } = stepKinds.get('tiktok/comments')!;
  const row = (id: string, video: string | null) => ({
    id,
    values: { video_id: video },
    status: 'ok' as const,
    errorCode: null,
  });
  const kept = (id: string, video: string | null) => collects!.keeps(row(id, video), {}, new Set([FEW]));
  expect([kept('1', FEW), kept('1', NONE), kept(`video:${FEW}`, null), kept(`video:${NONE}`, null)]).toEqual([true, false, true, false]); // prettier-ignore
});

it('asks again for a video that left the list and came back: its comments left with it', async () => {
  const api = commentsApi({ [FEW]: 3 });
  const { tools } = toolsFor(api, { earlier: { completeUnits: () => Promise.resolve(new Set([FEW, NONE])) } });
  const abandoned: string[] = [];
  const collecting = collectComments([NONE], { ...tools, abandon: (unit) => abandoned.push(unit) });
  while ((await collecting.next()).done !== true);
  expect(abandoned).toEqual([FEW]);
  expect(api.bodies).toEqual([]);
});
