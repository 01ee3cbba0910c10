import type { CollectTools } from '../../activities/collect/collect-tools.ts';
import { createResearchApi } from '../../activities/tiktok/create-research-api.ts';
import { Rounds } from '../../activities/tiktok/read-pages.ts';
import { videoFieldTypes } from '../../activities/tiktok/video-fields.ts';
import { videoPages } from '../../activities/tiktok/video-pages.ts';
import { peruQuery } from '../../test/tiktok-server/peru-query.ts';

/** The same pages of the same windows by the same client, one after the other, in this process: keeps nothing. */
export async function bareLoop(baseUrl: string, windows: readonly string[]): Promise<number> {
  const api = createResearchApi({ baseUrl, clientKey: 'bare', clientSecret: 'secret' });
  let videos = 0;
  const tools: Pick<CollectTools, 'ask' | 'note' | 'abandon'> = {
    note: () => {},
    abandon: () => {},
    async ask(request) {
      const reply = await api.send(request, new AbortController().signal);
      const read = api.read(reply);
      if (read.kind !== 'ok') throw new Error(`${read.code}: ${read.message}`);
      return { kind: 'ok', data: read.data, request: '', answeredAtMs: reply.answeredAtMs };
    },
  };
  for (const unit of windows) {
    const [first = '', last = ''] = unit.split('/');
    const search = { unit, query: peruQuery, types: videoFieldTypes(), first, last };
    for await (const page of videoPages(tools, search, new Rounds())) videos += page.videos.length;
  }
  return videos;
}
