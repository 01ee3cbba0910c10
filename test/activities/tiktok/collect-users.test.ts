import { expect, it } from 'vitest';
import type { CollectReply, CollectRequest } from '../../../activities/collect/collect-tools.ts';
import { collectUsers } from '../../../activities/tiktok/collect-users.ts';
import { collected, keptRows, NOW, toolsFor } from './scripted-api.ts';

const OK = { display_name: 'Ada', follower_count: 12n, is_verified: true };

/** Answers by username: data, or the code of a refusal or failure. */
function usersApi(users: Record<string, typeof OK | string>) {
  const asked: string[] = [];
  return {
    asked,
    answer({ body }: CollectRequest): CollectReply {
      const { username } = JSON.parse(body) as { username: string };
      asked.push(username);
      const found = users[username] ?? 'user_not_found';
      const request = `r${asked.length}`;
      if (typeof found !== 'string') return { kind: 'ok', data: found, request, answeredAtMs: NOW };
      return { kind: found === 'internal_error' ? 'failed' : 'refused', code: found, message: found, request };
    },
  };
}

const collect = async (names: readonly string[], api: ReturnType<typeof usersApi>, run = {}) => {
  const bench = toolsFor(api, run);
  return { ...bench, ...(await collected(collectUsers(names, bench.tools))) };
};
type Collection = Awaited<ReturnType<typeof collect>>;
const codes = ({ rows }: Collection) => [...rows.values()].map(({ id, failure }) => [id, failure?.code ?? 'ok']);

it('has a row for each account, and says why the API tells nothing of one', async () => {
  const hostile = 'a"},{"b\0\u202e../../x';
  const collection = await collect(
    ['ada', 'ada', 'gone', 'hidden', hostile, 'slow'],
    usersApi({ ada: OK, hidden: 'user_not_available', [hostile]: OK, slow: 'internal_error' }),
  );
  expect(codes(collection)).toEqual([
    ['ada', 'ok'],
    ['gone', 'user_not_found'],
    ['hidden', 'user_not_available'],
    [hostile, 'ok'],
  ]);
  expect(collection.rows.get('ada')!.values).toEqual({
    display_name: 'Ada',
    bio_description: null,
    bio_url: null,
    avatar_url: null,
    is_verified: true,
    follower_count: 12n,
    following_count: null,
    likes_count: null,
    video_count: null,
    observed_at: BigInt(NOW / 1000),
    deleted_at: null,
  });
  expect(collection.coverage).toEqual({ of: 'item', complete: 4, partial: { server_error: 1 }, not_asked: {} });
});

it('asks for new accounts alone, and for failed ones as they are retried', async () => {
  const first = await collect(['ada', 'gone'], usersApi({ ada: OK }));
  const earlier = { kept: keptRows(first) };
  const api = usersApi({ ada: OK, bob: OK, gone: OK });
  await collect(['ada', 'bob', 'gone'], api, { earlier });
  await collect(['ada', 'gone'], api, { earlier, askAgain: ['*'] });
  expect(api.asked).toEqual(['bob', 'gone']);
});

it('tells an account that is gone from one that is not told of, and from a failure', async () => {
  const names = ['ada', 'bob', 'eve'];
  const first = await collect(names, usersApi({ ada: OK, bob: OK, eve: OK }));
  const earlier = { kept: keptRows(first) };
  const api = () => usersApi({ bob: 'user_not_available', eve: 'internal_error' });
  const flagged = await collect(names, api(), { earlier, refresh: true });
  expect(
    [...flagged.rows.values()].map(({ id, values }) => [id, values['display_name'], values['deleted_at']]),
  ).toEqual([['ada', 'Ada', BigInt(NOW / 1000)]]);
  const withdrawn = await collect(names, api(), { earlier, refresh: true, onDeleted: 'withdraw' });
  expect([withdrawn.withdrawn, withdrawn.rows.size]).toEqual([['ada'], 0]);
});

it('says how many were not asked for', async () => {
  const { coverage } = await collect(['a', 'b', 'c'], usersApi({ a: OK }), { maxRequests: 1 });
  expect(coverage).toEqual({ of: 'item', complete: 1, partial: {}, not_asked: { max_requests: 2 } });
});

it('stops after five refusals that are not about accounts', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const api = usersApi(Object.fromEntries(names.map((name) => [name, 'invalid_params'])));
  await expect(collect(names, api)).rejects.toThrow('TikTok refuses the query (invalid_params)');
  expect(api.asked).toHaveLength(5);
});
