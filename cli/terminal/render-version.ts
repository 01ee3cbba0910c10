import type { Colours } from './colours.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { addStatusCounts, NO_STATUS, rowsOf } from '../../datasets/status-counts.ts';
import { addCalls, NO_CALLS } from '../../datasets/step-result.ts';
import { formatCost, formatCount, formatTime, plural, shortDigest } from './format-number.ts';
import { printable, renderTable } from './render-table.ts';

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
  const span = partitions.length > 1 ? `${partitions[0]} to ${partitions.at(-1)}` : (partitions[0] ?? 'no rows');
  return [
    head.join('   '),
    ...(title ? [printable(title)] : []),
    ...(record.message ? [`"${printable(record.message)}"`] : []),
    '',
    `${plural(rows, 'row')} · ${plural(partitions.length, 'partition')} (${span}) · ${plural(Object.keys(state.steps).length, 'step')}`,
    '',
    renderSteps({ state, record }, options),
    '',
    dim(
      `run ${record.run}   ${Object.entries(record.software)
        .map(([name, of]) => `${name} ${of}`)
        .join(' · ')}`,
    ),
    dim(`version ${version}`),
  ].join('\n');
}

function renderSteps(
  { state, record }: Pick<Manifest, 'state' | 'record'>,
  { width, colours }: { readonly width: number; readonly colours: Colours },
): string {
  const table: string[][] = [];
  const notes = new Map<number, string>();
  for (const [name, step] of inOrder(state.steps)) {
    const counts = Object.values(step.partitions)
      .map((partition) => partition.counts)
      .reduce(addStatusCounts, NO_STATUS);
    const made = Object.values(record.steps[name]?.partitions ?? {});
    const calls = made.reduce((sum, partition) => addCalls(sum, partition), NO_CALLS);
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
      calls.calls === 0 ? '' : paid(calls),
    ]);
    const codes = [...Object.entries(counts.skipped), ...Object.entries(counts.failed)];
    if (codes.length > 0)
      notes.set(table.length, codes.map(([code, count]) => `${code} ${formatCount(count)}`).join(' · '));
  }
  const columns = [
    { title: 'step' },
    { title: 'kind' },
    { title: 'made by', shrinks: true },
    { title: 'ok', align: 'right' },
    { title: 'skipped', align: 'right' },
    { title: 'failed', align: 'right' },
    { title: 'paid', align: 'right' },
  ] as const;
  const lines = renderTable(columns, table, width).split('\n');
  const indent = ' '.repeat(2 + Math.max(4, ...Object.keys(state.steps).map((name) => name.length)) + 2);
  return lines
    .flatMap((line, index) => [
      index === 0 ? colours.dim(line) : line,
      ...(notes.has(index) ? [colours.dim(indent + notes.get(index))] : []),
    ])
    .join('\n');
}

/** Steps so that each follows what it needs, else by name: a manifest keeps them in no order of its own. */
function inOrder<S extends { readonly needs: readonly string[] }>(steps: Readonly<Record<string, S>>): [string, S][] {
  const ordered = new Map<string, S>();
  const add = (name: string) => {
    const step = steps[name];
    if (!step || ordered.has(name)) return;
    for (const need of step.needs) add(need);
    ordered.set(name, step);
  };
  for (const name of Object.keys(steps)) add(name);
  return [...ordered];
}

const paid = (calls: typeof NO_CALLS): string =>
  calls.unpriced_calls === calls.calls
    ? 'price unknown'
    : `${formatCost(BigInt(calls.cost_nano_usd))}${calls.unpriced_calls > 0 ? ` + ${plural(calls.unpriced_calls, 'call')} of unknown price` : ''}`;

/** Models that answered, and the prompt: `gpt-4o-2024-11-20, prompt 5c1e1a2b`. */
function madeBy(parameters: Json, models: readonly string[]): string {
  const answered = [
    ...new Set(
      models.map((model) =>
        model.replace(/^(\S+) .* → /, (_all, provider: string) => (provider === 'openai' ? '' : `${provider} `)),
      ),
    ),
  ];
  const prompts = Object.values(objectOf(parameters)).flatMap((value) => {
    const { prompt } = objectOf(value);
    return typeof prompt === 'string' ? [`prompt ${prompt.slice('sha256:'.length, 'sha256:'.length + 8)}`] : [];
  });
  return [...answered.map(printable), ...prompts].join(', ');
}

export const objectOf = (value: Json | undefined): { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
