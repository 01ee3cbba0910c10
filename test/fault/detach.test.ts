import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { RunReport } from '../end-to-end/gettok-process.ts';
import { until } from '../until.ts';
import { FaultProject, SLOTS } from './fault-project.ts';

// Machines differ, and many processes start here.
vi.setConfig({ testTimeout: 120_000 });

let project: FaultProject;
let rows: number;

beforeAll(async () => {
  project = await FaultProject.start();
  for (const name of ['left-alone', 'twice']) ({ rows } = await project.dataset(name));
});
afterAll(() => project?.[Symbol.asyncDispose]());

/** Gives a command a terminal of its own; what is written to its standard input was typed there. */
const terminal = `import os, pty, sys
sized = ['sh', '-c', 'stty rows 40 cols 120; exec "$@"', 'sh']
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sized + sys.argv[1:])))`;

it('leaves the run going at Ctrl-C, and says how to come back', async () => {
  await project.server.configure({ latencyMs: 500 });
  const args = ['-c', terminal, 'bin/gettok', 'run', `${project.path}/left-alone`, '--yes'];
  // The services start with this command too: Ctrl-C in its terminal must not reach them.
  const command = execa('python3', args, { env: project.environment, reject: false, all: true });
  await project.holdAfter(2);
  const pressedAt = Date.now();
  command.stdin.write('\x03');
  const { exitCode, all } = await command;
  expect(stripVTControlCharacters(all)).toMatch(
    /Still running in the background\. {2}See it: bin\/gettok status \S+left-alone --watch {4}Stop it: bin\/gettok cancel \S+left-alone\s*$/,
  );
  expect(exitCode).toBe(0);
  // It waits for none of the calls that are held.
  expect(Date.now() - pressedAt).toBeLessThan(10_000);
  expect(await project.status('left-alone')).toMatchObject({ state: 'running', version: null });
});

it('attaches to it again; cancel stops it without a version', async () => {
  const attached = project.start(['run', 'left-alone']);
  let seen = '';
  attached.all.on('data', (chunk) => (seen += String(chunk)));
  await until('the run to be followed', () => seen.includes('is at work on this very plan: following it.'));
  expect(await project.json('cancel', 'left-alone')).toMatchObject({ cancelled: true });
  const { exitCode, stderr } = await attached;
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^✘ The run r-\S+ was cancelled\.( This run has paid \$\S+ for \d+ calls?\.)? What it computed is kept\.\nGo on from there: {2}\S+ run left-alone$/,
    ),
  });
  expect(await project.status('left-alone')).toMatchObject({ state: 'cancelled', version: null });
  expect(await project.json('cancel', 'left-alone')).toMatchObject({ cancelled: false });
});

it('takes over in the next run what the cancelled one had computed', async () => {
  await project.server.configure({ latencyMs: 20 });
  const before = await project.server.counts();
  expect(before.inFlight).toBe(0);
  const report = await project.run('left-alone');
  expect(report.steps['stance']).toMatchObject({ rows, ok: rows });
  const { total, billed, distinct } = await project.server.counts();
  expect(distinct).toBe(2 * rows);
  expect(billed - distinct).toBeLessThanOrEqual(SLOTS);
  // Only what was missing, and what the cancel had cut off, was asked.
  expect(total - before.total).toBe(2 * rows - (before.billed - (billed - distinct)));
  expect(report.steps['summary']!.reused + report.steps['summary']!.computed).toBe(rows);
  expect(report.steps['summary']!.reused).toBeGreaterThan(0);
});

it('makes one run of two at once, and refuses a third with another plan by the name of the run', async () => {
  await project.server.reset();
  await project.server.configure({ latencyMs: 500 });
  const both = [0, 1].map(() => project.start(['run', 'twice', '--json']));
  await project.holdAfter(1);
  const { run } = await project.status('twice');
  const other = await project.gettok(['run', 'twice', '--set', 'models.gpt.model=gpt-4o-mini-2024-07-18']);
  expect(other.stderr).toBe(
    `✘ The run ${run} of twice on main is at work with another plan. See it with: gettok status   ` +
      'Stop it with: gettok cancel   Or work beside it with: gettok run --branch <name>',
  );
  expect(other.exitCode).toBe(1);
  await project.server.configure({ latencyMs: 20 });
  const ends = await Promise.all(both);
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const [one, two] = ends.map(({ stdout }) => JSON.parse(stdout) as RunReport);
  expect(two).toEqual(one);
  expect((await project.manifest('twice')).version).toBe(one!.version);
  expect(await project.server.counts()).toMatchObject({ total: 2 * rows, billed: 2 * rows, distinct: 2 * rows });
});
