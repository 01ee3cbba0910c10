import type { Colours } from './colours.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { addStatusCounts, NO_STATUS, rowsOf } from '../../datasets/status-counts.ts';
import { addCalls, NO_CALLS } from '../../datasets/step-result.ts';
import { stepsInOrder } from '../../datasets/steps-in-order.ts';
import { formatCount, formatTime, plural, shortDigest } from './format-number.ts';
import { renderCoverage } from './render-coverage.ts';
import { formatPaid, renderSpending, type Spent } from './render-spending.ts';
import { printable, renderTable } from './render-table.ts';
import { wrapWords } from './wrap-words.ts';

/** One version so that a person understands it: what is in it, which models and prompts made it, what failed, what it cost. */
export function renderVersion(
  version: Digest,
  { state, record }: Manifest,
  options: { readonly tags: readonly string[]; readonly width: number; readonly colours: Colours },
): string {
  const { bold, dim } = options.colours;
  const declaration = objectOf(state.declaration);
  const source = Object.values(state.steps).find((step) => step.source);
  const partitions = Object.keys(source?.partitions ?? {}).toSorted();
  const rows = Object.values(source?.partitions ?? {}).reduce((sum, partition) => sum + partition.rows, 0);
  const head = [
    bold([state.dataset, ...options.tags].join(' ')),
    shortDigest(version),
    formatTime(Number(record.created_at)),
    ...(record.by ? [`by ${printable(record.by)}`] : []),
    `on ${record.branch}`,
    record.parent ? `parent ${shortDigest(record.parent)}` : 'the first version',
  ];
  const title = typeof declaration['title'] === 'string' ? declaration['title'] : null;
  const named = 'buckets' in objectOf(state.partition) ? partitions.length === 1 : partitions.length > 0;
  const span = named ? ` (${[...new Set([partitions[0], partitions.at(-1)])].join(' to ')})` : '';
  return [
    head.join('   '),
    ...(title ? [printable(title)] : []),
    ...(record.message ? [`"${printable(record.message)}"`] : []),
    '',
    `${plural(rows, 'row')} · ${plural(partitions.length, 'partition')}${span} · ${plural(Object.keys(state.steps).length, 'step')}`,
    '',
    renderSteps({ state, record }, options),
    '',
    ...wrapWords(`run ${record.run}   ${softwareWords(record.software)}`, options.width).map(dim),
    dim(`version ${version}`),
  ].join('\n');
}

const softwareWords = (software: Readonly<Record<string, string>>): string =>
  Object.entries(software)
    .map(([name, of]) => `${name} ${of.startsWith('sha256:') ? shortDigest(of) : of}`)
    .join(', ');

function renderSteps(
  { state, record }: Pick<Manifest, 'state' | 'record'>,
  { width, colours }: { readonly width: number; readonly colours: Colours },
): string {
  const table: string[][] = [];
  const notes = new Map<number, string[]>();
  const spent: Spent[] = [];
  for (const [name, step] of stepsInOrder(state.steps)) {
    const counts = Object.values(step.partitions)
      .map((partition) => partition.counts)
      .reduce(addStatusCounts, NO_STATUS);
    const made = Object.values(record.steps[name]?.partitions ?? {});
    const calls = made.reduce((sum, partition) => addCalls(sum, partition), NO_CALLS);
    const now = record.steps[name]?.paid ?? NO_CALLS;
    spent.push({ calls, now });
    table.push([
      name,
      `${step.kind}@${step.revision}`,
      madeBy(
        step.parameters,
        made.flatMap(({ models }) => Object.keys(models)),
      ),
      formatCount(counts.ok),
      formatCount(rowsOf(counts.skipped)),
      formatCount(rowsOf(counts.failed)),
      calls.calls === 0 ? '' : formatPaid(calls),
      calls.calls === 0 && now.calls === 0 ? '' : formatPaid(now),
    ]);
    const codes = [...Object.entries(counts.skipped), ...Object.entries(counts.failed)];
    notes.set(table.length, [
      ...(codes.length > 0 ? [codes.map(([code, count]) => `${code} ${formatCount(count)}`).join(' · ')] : []),
      ...(step.collection ? renderCoverage(step.collection) : []),
    ]);
  }
  const columns = [
    { title: 'step' },
    { title: 'kind' },
    { title: 'made by', shrinks: true },
    { title: 'ok', align: 'right' },
    { title: 'skipped', align: 'right' },
    { title: 'failed', align: 'right' },
    { title: 'cost', align: 'right' },
    { title: 'paid now', align: 'right' },
  ] as const;
  const lines = renderTable(columns, table, width).split('\n');
  const indent = ' '.repeat(2 + Math.max(4, ...Object.keys(state.steps).map((name) => name.length)) + 2);
  return [
    ...lines.flatMap((line, index) => [
      index === 0 ? colours.dim(line) : line,
      ...(notes.get(index) ?? []).map((note) => colours.dim(indent + note)),
    ]),
    ...renderSpending(spent),
  ].join('\n');
}

/** Models that answered, and the prompt: `gpt-4o-2024-11-20, prompt 5c1e1a2b`. */
function madeBy(parameters: Json, models: readonly string[]): string {
  const answered = [...new Set(models.map(nameOfModel))];
  const prompts = Object.values(objectOf(parameters)).flatMap((value) => {
    const { prompt } = objectOf(value);
    return typeof prompt === 'string' ? [`prompt ${prompt.slice('sha256:'.length, 'sha256:'.length + 8)}`] : [];
  });
  return [...answered.map(printable), ...prompts].join(', ');
}

/** `openai gpt-4o → gpt-4o-2024-11-20` is the model that answered, or, where the provider doesn't say, the one asked. */
function nameOfModel(label: string): string {
  const [, provider, asked, answered] = /^(\S+) (.*) → (.*)$/.exec(label) ?? [label, '', label, label];
  const model = answered === 'not stated' ? asked : answered;
  return provider === 'openai' || provider === '' ? (model ?? label) : `${provider} ${model}`;
}

const objectOf = (value: Json | undefined): { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
