import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Call } from '../openai-server/call-log.ts';
import { until } from '../until.ts';
import { countsOf, FaultProject } from './fault-project.ts';

const LATENCY_MS = 300;

let project: FaultProject;
let rows: number;

beforeAll(async () => {
  project = await FaultProject.start();
  ({ rows } = await project.dataset('cancelled'));
});
afterAll(() => project?.[Symbol.asyncDispose]());

const digestsOf = (calls: readonly Call[]) => new Set(calls.map(({ digest }) => digest));
const waits = ({ finishedAt, receivedAt }: Call) => finishedAt === null && Date.now() - receivedAt > 2 * LATENCY_MS;
/** Between two steps nothing is under way: that is no sign that all is held which will be. */
const isHeld = (calls: readonly Call[]) =>
  calls.some(waits) && calls.every((call) => call.finishedAt !== null || waits(call));

it('asks nothing again after a cancel that was answered before it', async () => {
  await project.server.configure({ latencyMs: LATENCY_MS });
  const run = project.start(['run', 'cancelled', '--json']);
  await project.holdAfter(5);
  // Then those under way are those that will not be answered, and all other answers have arrived.
  await until('calls that wait', async () => isHeld(await project.server.calls()));
  const before = await project.server.calls();
  const answered = digestsOf(before.filter(({ status }) => status === 200));
  expect(answered.size).toBeGreaterThanOrEqual(5);
  expect(await project.json('cancel', 'cancelled')).toMatchObject({ cancelled: true });
  expect(await run).toMatchObject({ exitCode: 1 });

  await project.server.configure({ latencyMs: 0 });
  await project.run('cancelled');
  const after = await project.server.calls({ after: before.length });
  expect(after.filter(({ digest }) => answered.has(digest))).toEqual([]);
  expect(after).toHaveLength(2 * rows - answered.size);
  const manifest = await project.manifest('cancelled');
  expect([countsOf(manifest, 'summary'), countsOf(manifest, 'stance')]).toEqual([{ ok: rows }, { ok: rows }]);
});
