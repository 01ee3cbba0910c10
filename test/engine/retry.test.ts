import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { until } from '../until.ts';
import { askingProject, countsOf } from './asking-project.ts';
import type { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const ROWS = 6;
let project: TestProject;
beforeEach(async () => {
  server.reset();
  server.configure({ latencyMs: 100 });
  project = await askingProject(server, {
    rows: ROWS,
    buckets: 1,
    steps:
      '  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [yes, no], concurrency: 2 } }',
  });
});
afterEach(() => project[Symbol.asyncDispose]());

/** How often each request was answered. */
function answersEach(): number[] {
  const times = new Map<string | null, number>();
  for (const { digest, billed } of server.calls) if (billed) times.set(digest, (times.get(digest) ?? 0) + 1);
  return [...times.values()];
}

/** A worker whose cells get lost, as those of one that is killed: its answers are in the journal and nowhere else. */
const withoutIndex = () => {
  const { store } = project;
  const put: typeof store.put = async (key, bytes) => {
    if (key.startsWith('index/')) throw new Error('killed');
    await store.put(key, bytes);
  };
  return { ...project.services, store: { ...store, put } };
};

const refused = { fault: { kind: 'refusal' }, tries: 1, code: 'refused' } as const;
const unreadable = { fault: { kind: 'content', content: 'Hm.' }, tries: 2, code: 'unparseable' } as const;

it.each([
  { ...refused, end: 'stops' },
  { ...refused, end: 'is killed' },
  { ...unreadable, end: 'stops' },
  { ...unreadable, end: 'is killed' },
])(
  'asks a row that is $code $tries times more, though the worker $end in the middle',
  async ({ fault, tries, code, end }) => {
    server.inject({ fault, every: 1 });
    await project.run();
    expect(answersEach()).toEqual(Array.from({ length: ROWS }, () => tries));
    if (end === 'is killed') {
      await project.endWorkers();
      await project.work(withoutIndex());
    }
    const run = await project.start({ retry: ['failed'] });
    await until('calls again', () => server.counts().total >= ROWS * tries + 3);
    await project.endWorkers();
    expect(server.counts().total).toBeLessThan(2 * ROWS * tries);
    await project.work();
    const { manifest } = await run.finish();
    expect(countsOf(manifest)).toEqual({ ok: 0, [code]: ROWS });
    expect(answersEach()).toEqual(Array.from({ length: ROWS }, () => 2 * tries));
  },
);
