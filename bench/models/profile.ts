// node bench/models/profile.ts [rows]: where the worker's processor time goes while models answer at once. Linux only.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderTable } from '../../cli/terminal/render-table.ts';
import { until } from '../../test/until.ts';
import { type CpuProfile, samplesByOwner } from './cpu-profile.ts';
import { ModelProject, sizeOf } from './model-project.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
/** The kernel counts processor time in hundredths of a second. */
const TICK_MS = 10;
const SHOWN = 40;

/** What the owners belong to; the first that fits. Of the libraries used here only `minio` speaks HTTP by Node's own client. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  [
    'openai, fetch, sending and reading answers',
    /^openai$|^node: fetch|activities\/models\/(send|image|client|usable|retry)/,
  ],
  [
    'minio client and its HTTP',
    /^(minio|fast-xml-parser|lodash|async|through2|node: _http.*)$|minio-store|blob-store|answer-journal/,
  ],
  [
    'sockets and streams of either',
    /^(writev|writeLatin1String|writeUtf8String|writeBuffer|readStart|readStop|shutdown)$|^node: (net|internal\/stream|stream)/,
  ],
  ['hashing and canonical JSON', /digest\.ts|^canonicalize$|canonical-json|request-key|configuration\.ts/],
  ['Merkle leaves', /merkle-tree|canonical-row/],
  ['Parquet writing', /^(parquetjs|thrift|snappyjs|int53|varint)$|write-parquet|step-files/],
  ['Parquet reading', /^@duckdb|read-parquet|row-text|parquet\/database/],
  ['zod', /^zod$/],
  ['folder a cell (mkdtemp, rm)', /make-cells|^(lstat|rmdir|mkdtemp|rmSync|unlink)$|^node: (fs|internal\/fs)/],
  ['Temporal', /^(@temporalio\/.*|protobufjs|@protobufjs\/.*|rxjs|long)$/],
  ['garbage collection', /garbage collector/],
  ['prompts and answers (ours)', /activities\/|datasets\//],
];

const rows = Number(process.argv[2] ?? 2000);
await using project = await ModelProject.start();
const profiles = join(project.faults.path, 'profiles');
process.env['NODE_OPTIONS'] = `--cpu-prof --cpu-prof-dir=${profiles}`;
const dataset = await project.collected('profiled', sizeOf(rows));
const { worker, store, temporal } = project.faults.services().children;
const before = await threadTimes(worker!.pid);
const servers = await Promise.all([store!, temporal!].map(({ pid }) => processTime(pid)));
const nowUs = () => Number(process.hrtime.bigint() / 1000n);
const fromUs = nowUs();
const { workflowS } = await project.run(dataset);
const toUs = nowUs();
const calls = 2 * rows;
const bodies = await project.recordBodies();
const spent = [...(await threadTimes(worker!.pid))].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)] as const);
const serversAfter = await Promise.all([store!, temporal!].map(({ pid }) => processTime(pid)));
process.env['NODE_OPTIONS'] = '';
const bare = await project.bareLoop(bodies);
process.kill(worker!.pid, 'SIGTERM');
const ofWorker = async () =>
  (await readdir(profiles).catch(() => [])).find((name) => name.includes(`.${worker!.pid}.0.`));
await until('the profile of the worker', async () => (await ofWorker()) !== undefined);
const profile = JSON.parse(await readFile(join(profiles, (await ofWorker())!), 'utf8')) as CpuProfile;

process.stdout.write(`${calls} calls in ${workflowS.toFixed(1)} s\n`);
print('thread or process', [
  ...spent.map(([name, ms]) => [`worker: ${name}`, ms] as const),
  ['MinIO', serversAfter[0]! - servers[0]!],
  ['Temporal', serversAfter[1]! - servers[1]!],
  ['a bare loop of the same calls', bare.processorMs],
]);
// A sample is a moment, not processor time: a busy machine lets threads wait. So the samples are shares of what the kernel counted.
const samples = [...samplesByOwner(profile, checkout, [fromUs, toUs])];
const total = samples.reduce((sum, [, count]) => sum + count, 0);
const mainMs = new Map(spent).get('main thread')!;
const owners = samples.map(([name, count]) => [name, (count / total) * mainMs] as const);
const parts = Map.groupBy(owners, ([name]) => PARTS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'the rest');
print(
  'main thread, by part',
  [...parts].map(([part, members]) => [part, members.reduce((sum, [, ms]) => sum + ms, 0)] as const),
);
print('main thread, by owner', owners);

function print(what: string, times: readonly (readonly [string, number])[]): void {
  const lines = times
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([name, ms]) => [name, ms.toFixed(0), ((ms * 1000) / calls).toFixed(0)]);
  const columns = [{ title: what }, { title: 'ms', align: 'right' }, { title: 'µs a call', align: 'right' }] as const;
  process.stdout.write(`${renderTable(columns, lines, 200)}\n`);
}

/** Processor time of a process by the names of its threads. */
async function threadTimes(pid: number): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const [name, ms] = await timeIn(`/proc/${pid}/task/${thread}/stat`);
    const label = thread === String(pid) ? 'main thread' : name.replace(/[-:]?\d+$/, '');
    times.set(label, (times.get(label) ?? 0) + ms);
  }
  return times;
}

async function processTime(pid: number): Promise<number> {
  return (await timeIn(`/proc/${pid}/stat`))[1];
}

async function timeIn(path: string): Promise<[name: string, ms: number]> {
  const stat = await readFile(path, 'utf8');
  // The name stands in brackets and may hold spaces; user and system time are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [
    stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    (Number(fields[11]) + Number(fields[12])) * TICK_MS,
  ];
}
