import type { Call } from '../../test/openai-server/call-log.ts';
import { countsOf } from '../../test/fault/fault-project.ts';
import type { BenchOptions } from '../bench-options.ts';
import type { Figure } from '../figure.ts';
import { ModelProject, sizeOf } from './model-project.ts';

const PER_MINUTE = 6000;
/** One second's worth may be used at once; with a whole minute's, half of the run would meet no limit. */
const BURST = 1 / 60;
const USED = 0.97;
const FAULT_EVERY = 50;

/** How much of a provider's limit is used, and whether anything is lost at it or to errors. */
export async function benchModelLimits({ rows }: BenchOptions): Promise<Figure[]> {
  await using project = await ModelProject.start();
  const limited = await project.collected('limited', sizeOf(rows), { requests_per_minute: PER_MINUTE });
  await project.server.configure({ latencyMs: 50, limits: { requestsPerMinute: PER_MINUTE, burst: BURST } });
  await project.run(limited);
  const { byStatus } = await project.server.counts();
  const rate = steadyRate((await project.server.calls()).filter(({ status }) => status === 200));
  const lost = await lostOf(project, 'limited', rows);

  await project.server.configure({ latencyMs: 50, limits: {} });
  const shaky = await project.collected('shaky', sizeOf(rows));
  await project.server.inject({ fault: { kind: 'server_error' }, every: FAULT_EVERY });
  await project.run(shaky);
  const { server_error: errors = 0 } = (await project.server.counts()).byFault;
  const lostToErrors = await lostOf(project, 'shaky', rows);
  return [
    {
      what: 'requests a minute answered in the steady phase (middle 80 % of the calls)',
      measured: rate.toFixed(0),
      aim: `≥ ${PER_MINUTE * USED}`,
      baseline: `limit ${PER_MINUTE}`,
      ratio: (rate / PER_MINUTE).toFixed(3),
      met: rate >= PER_MINUTE * USED,
    },
    nothingLost(`rows without a value, or calls paid twice, at that limit`, lost, `429s ${byStatus['429'] ?? 0}`),
    nothingLost(`the same with 2 % of 500s`, lostToErrors, `500s ${errors}`),
  ];
}

function steadyRate(answered: readonly Call[]): number {
  const times = answered.map(({ receivedAt }) => receivedAt).toSorted((a, b) => a - b);
  const steady = times.slice(Math.floor(times.length * 0.1), Math.ceil(times.length * 0.9));
  return ((steady.length - 1) / (steady.at(-1)! - steady[0]!)) * 60_000;
}

/** Cells that are not ok, and calls that were charged more than once. */
async function lostOf({ faults, server }: ModelProject, dataset: string, rows: number): Promise<number> {
  const manifest = await faults.manifest(dataset);
  const missing = ['summary', 'stance'].map((step) => rows - (countsOf(manifest, step)['ok'] ?? 0));
  const { billed, distinct } = await server.counts();
  return missing.reduce((sum, cells) => sum + cells, billed - distinct);
}

const nothingLost = (what: string, lost: number, baseline: string): Figure => ({
  what,
  measured: String(lost),
  aim: '0',
  baseline,
  ratio: '',
  met: lost === 0,
});
