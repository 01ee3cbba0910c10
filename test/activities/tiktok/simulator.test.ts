import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CollectRequest, CollectTools } from '../../../activities/collect/collect-tools.ts';
import { ApiUnreachableError } from '../../../activities/collect/api-unreachable-error.ts';
import { collectById } from '../../../activities/tiktok/collect-by-id.ts';
import { collectComments } from '../../../activities/tiktok/collect-comments.ts';
import { collectUsers } from '../../../activities/tiktok/collect-users.ts';
import { collectVideos } from '../../../activities/tiktok/collect-videos.ts';
import { createResearchApi } from '../../../activities/tiktok/create-research-api.ts';
import { videoFieldTypes } from '../../../activities/tiktok/video-fields.ts';
import type { Fault } from '../../tiktok-server/fault.ts';
import { populations } from '../../tiktok-server/population-spec.ts';
import { peruHashtags, peruKeywords, peruQuery } from '../../tiktok-server/peru-query.ts';
import { TikTokServer } from '../../tiktok-server/tiktok-server.ts';
import { collected, keptRows, toolsFor } from './scripted-api.ts';

let server: TikTokServer;
beforeEach(async () => {
  server = await TikTokServer.start({ population: 'small' });
});
afterEach(() => server.close());

const { from, to } = populations.small;
const QUERY = { regions: ['PE'], keywords: [...peruKeywords], hashtags: [...peruHashtags], from, to };

/** Asks the simulator as the engine does, without its waits. */
function tools(run: Parameters<typeof toolsFor>[1] = {}) {
  const api = createResearchApi({ baseUrl: server.url, clientKey: 'key', clientSecret: 'secret', timeoutMs: 20_000 });
  const bench = toolsFor({ answer: () => expect.fail('asked twice over') }, run);
  let asked = 0;
  const ask: CollectTools['ask'] = async (request: CollectRequest) => {
    for (let attempt = 1; ; attempt += 1) {
      asked += 1;
      const reply = await api.send(request, new AbortController().signal).catch((error: unknown) => {
        if (error instanceof ApiUnreachableError) return null;
        throw error;
      });
      if (!reply && attempt < 4) continue;
      if (!reply) return { kind: 'failed', code: 'unreachable', message: '', request: `r${asked}` };
      const read = api.read(reply);
      const { code, message } = read;
      const name = `r${asked}`;
      if (read.kind === 'ok') return { kind: 'ok', data: read.data, request: name, answeredAtMs: reply.answeredAtMs };
      if (read.kind === 'refused') return { kind: 'refused', code, message, request: name };
      if (read.kind === 'token') api.dropToken(reply);
      else if (read.kind !== 'retry') throw new Error(`${code}: ${message}`);
      else if (attempt >= read.tries) return { kind: 'failed', code, message, request: name };
    }
  };
  return { ...bench, tools: { ...bench.tools, startedAtMs: Date.now(), ask } };
}

const rowIds = ({ rows }: Awaited<ReturnType<typeof collected>>) => [...rows.keys()].toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)); // prettier-ignore
const expected = () => server.idsOf(peruQuery, from, to);

describe.each(['inclusive', 'exclusive'] as const)('gets exactly the videos of the query, end_date %s', (endDate) => {
  beforeEach(() => server.configure({ endDate }));

  it('without a fault, with few requests', async () => {
    const collection = await collected(collectVideos(QUERY, tools().tools, 2));
    expect(rowIds(collection)).toEqual(expected());
    expect(collection.coverage.complete).toBe(10);
  });

  it.each([
    ['few', 0.02],
    ['many', 0.12],
  ])(
    'of the days that it calls complete, and of others a part, under every fault mixed: %s',
    async (amount, probability) => {
      server.configure({ searchIdTries: 2, structs: 'object', nulUsernames: true, idName: 'video_id' });
      const faults: readonly Fault[] = [
        { kind: 'access_token_invalid' },
        { kind: 'rate_limit' },
        { kind: 'server_error' },
        { kind: 'gateway_timeout', afterMs: 1 },
        { kind: 'html' },
        { kind: 'truncated_json' },
        { kind: 'reset', after: 'body' },
        { kind: 'invalid_cursor' },
        { kind: 'short_page', rows: 27 },
        { kind: 'search_id_changes' },
        { kind: 'duplicate', on: 'next' },
        { kind: 'without_fields', fields: ['like_count', 'view_count'] },
        { kind: 'nul_username' },
        { kind: 'other_structs' },
      ];
      const often = { probability, times: 'always', endpoint: 'video/query' } as const;
      server.inject(
        { kind: 'empty_page' },
        ...faults.map((fault, index) => ({ fault, seed: 7919 * (index + 1), ...often })),
      );
      const bench = tools();
      const { rows, coverage } = await collected(collectVideos(QUERY, bench.tools, 2));
      for (const { from: first, to: last, status } of coverage.days!) {
        const wanted = server.idsOf(peruQuery, first, last);
        const have = wanted.filter((id) => rows.has(id));
        expect(have).toEqual(status === 'complete' ? wanted : have);
      }
      expect([...rows.keys()].filter((id) => !expected().includes(id))).toEqual([]);
      expect(Object.keys(coverage.partial)).toEqual(amount === 'few' ? [] : ['server_error']);
      expect(bench.notes).toMatchObject({ empty_page: 1 });
    },
  );
});

it('knows what was removed from what could not be asked', async () => {
  const first = await collected(collectVideos(QUERY, tools().tools, 2));
  const gone = expected().slice(3, 5);
  server.remove(...gone);
  const earlier = { coverage: first.coverage, kept: keptRows(first) };
  const second = await collected(
    collectVideos(QUERY, tools({ refresh: true, onDeleted: 'withdraw', earlier }).tools, 2),
  );
  expect(second.withdrawn.toSorted()).toEqual(gone);
  server.inject({ fault: { kind: 'server_error' }, times: 'always', endpoint: 'video/query' });
  const failing = tools({ refresh: true, onDeleted: 'withdraw', earlier });
  expect((await collected(collectVideos(QUERY, failing.tools, 2))).withdrawn).toEqual([]);
});

it('has metadata by id, accounts, and comments of what it collected', async () => {
  const ids = expected().slice(0, 250);
  server.remove(ids[0]!);
  const byId = await collected(collectById(ids, videoFieldTypes(), tools().tools));
  expect([...byId.rows.values()].filter(({ failure }) => failure).map(({ id }) => id)).toEqual([ids[0]]);

  const names = server.usernamesOf(peruQuery, from, to).slice(0, 20);
  server.configure({ closedUsers: [names[1]!], unknownUsers: [names[2]!] });
  const users = await collected(collectUsers(names, tools().tools));
  expect(names.map((name) => users.rows.get(name)!.failure?.code ?? 'ok').slice(0, 4)).toEqual(['ok', 'user_not_available', 'user_not_found', 'ok']); // prettier-ignore

  const videos = ids.slice(0, 12);
  const comments = await collected(collectComments(videos, tools().tools));
  const mark = comments.rows.get(`video:${ids[0]}`);
  expect(mark?.failure?.code).toBe('video_not_found');
  const found = [...comments.rows.values()].filter(({ failure }) => !failure).map(({ id }) => id);
  expect(found.toSorted()).toEqual(
    videos
      .slice(1)
      .flatMap((id) => server.commentIdsOf(id))
      .toSorted(),
  );
});

it('uses hardly more than the least requests for 2,500 videos of 45 days', async () => {
  await server.close();
  server = await TikTokServer.start({ population: 'month' });
  const period = { from: populations.month.from, to: populations.month.to };
  const collection = await collected(collectVideos({ ...QUERY, ...period }, tools().tools, 2));
  expect(rowIds(collection)).toEqual(server.idsOf(peruQuery, period.from, period.to));
  const least = server.leastRequests(peruQuery, period.from, period.to);
  // At most one page that isn't full for each window: 1, 4, 16 and 24 days.
  expect(server.counts().byEndpoint['video/query']).toBeLessThanOrEqual(least + 4);
});
