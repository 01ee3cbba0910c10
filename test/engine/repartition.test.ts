import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { answerFamily, findAnswerFiles } from '../../activities/models/answers/answer-index.ts';
import { journalPrefix, openAnswerJournal } from '../../activities/models/answers/answer-journal.ts';
import { readAnswers, type RecordedAnswer } from '../../datasets/answers-file.ts';
import { sha256 } from '../../manifests/digest.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { askingProject, countsOf, declare } from './asking-project.ts';
import type { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const ROWS = 12;
const STEPS = (prompt: string) =>
  `  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: ${prompt}, labels: [yes, no] } }`;
let project: TestProject;
beforeEach(async () => {
  server.reset();
  server.configure({ latencyMs: 0 });
  project = await askingProject(server, { rows: ROWS, buckets: 2, steps: STEPS('prompt.md') });
  await project.write('other.md', 'What does it say?\n{{video.words}}\n');
});
afterEach(() => project[Symbol.asyncDispose]());

const family = answerFamily({ kind: 'ai/classify' }, { name: 'gpt', provider: 'openai', model: 'gpt-4o-2024-11-20' });

/** All copies of all answers that the index leads to. */
async function keptAnswers(of = family): Promise<readonly RecordedAnswer[]> {
  const files = await findAnswerFiles(project.store, { dataset: 'peru', family: of }, null);
  const paths = await Promise.all([...new Set(files)].map((file) => project.services.blobs.file(file)));
  return (await Promise.all(paths.map((path) => readAnswers(project.services.database, path)))).flat();
}
const journal = async () => {
  const keys = [];
  for await (const { key } of project.store.list(journalPrefix({ dataset: 'peru', step: 'stance', partition: null })))
    keys.push(key);
  return keys;
};

it('keeps each answer once when the partitioning and the prompt change together', async () => {
  await project.run();
  // More partitions than are at work at a time: the later ones read what the earlier ones have written.
  await declare(project, { buckets: 12, steps: STEPS('other.md') });
  const { manifest } = await project.run();
  expect(countsOf(manifest)).toEqual({ ok: ROWS });
  expect(server.counts()).toMatchObject({ billed: 2 * ROWS, distinct: 2 * ROWS });
  expect(await keptAnswers()).toHaveLength(2 * ROWS);
  expect(await journal()).toEqual([]);
});

it('keeps what a killed run has left under another partitioning with the partition of its row', async () => {
  await project.run();
  // As a killed run leaves it: an answer to another question about one row of each partition, and of a row that is gone.
  for (const partition of ['0', '1']) {
    const place = { dataset: 'peru', step: 'stance', partition, run: 'r-killed', family };
    const written = openAnswerJournal(project.store, place);
    for (const id of [`row-${partition}`, `gone-${partition}`]) await written.append(answer(id));
  }
  await declare(project, { buckets: 4, steps: STEPS('other.md') });
  await project.run();
  const left = (await keptAnswers()).filter(({ run }) => run === 'r-killed').map(({ id }) => id);
  expect(left.toSorted()).toEqual(['row-0', 'row-1']);
  // What is about no row of this run is kept where it is.
  expect(await journal()).toHaveLength(2);
});

it('keeps what a killed run with another model has left for those who go back to that model', async () => {
  const before = answerFamily(
    { kind: 'ai/classify' },
    { name: 'gpt', provider: 'openai', model: 'gpt-4.1-2025-04-14' },
  );
  const place = { dataset: 'peru', step: 'stance', partition: 'b0', run: 'r-killed', family: before };
  await openAnswerJournal(project.store, place).append(answer('row-0'));
  await project.run();
  expect((await keptAnswers(before)).map(({ id }) => id)).toEqual(['row-0']);
  expect((await keptAnswers()).map(({ run }) => run)).not.toContain('r-killed');
  expect(await journal()).toEqual([]);
});

const answer = (id: string): RecordedAnswer => ({
  id,
  requestKey: sha256(`another question about ${id}`),
  cellKey: sha256('cell'),
  answer: sha256(id),
  status: 200,
  requestId: null,
  run: 'r-killed',
  attempt: 1,
  startedMs: 1,
  endedMs: 2,
  batch: false,
  bytes: Buffer.from(id),
});
