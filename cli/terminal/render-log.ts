import type { Ref } from '../../manifests/refs.ts';
import type { LogEntry } from '../../datasets/log/log-entry.ts';
import type { Colours } from './colours.ts';
import { formatCost, formatCount, formatTime, plural, shortDigest } from './format-number.ts';
import { renderGraph } from './render-graph.ts';
import { printable } from './render-table.ts';

export interface LogRefs {
  readonly heads: ReadonlyMap<string, Ref>;
  readonly tags: ReadonlyMap<string, Ref>;
}

/** A history as a graph: of each version a line with its names, one with what it changed, and its message. */
export const renderLog = (entries: readonly LogEntry[], refs: LogRefs, colours: Colours): string =>
  renderGraph(
    entries.map((entry) => ({ id: entry.version, parents: entry.parents, lines: entryLines(entry, refs, colours) })),
    colours.red,
  ).join('\n');

function entryLines(entry: LogEntry, { heads, tags }: LogRefs, { bold, cyan, dim, yellow }: Colours): string[] {
  const named = (refs: ReadonlyMap<string, Ref>) =>
    [...refs].flatMap(([name, { manifest }]) => (manifest === entry.version ? [name] : []));
  const names = [...named(heads).map((name) => bold(name)), ...named(tags).map((name) => cyan(`tag: ${name}`))];
  const head = [
    yellow(shortDigest(entry.version)),
    formatTime(entry.createdMs),
    plural(entry.rows, 'row'),
    ...(entry.by ? [printable(entry.by)] : []),
    ...(names.length > 0 ? [`(${names.join(', ')})`] : []),
  ];
  return [
    head.join('   '),
    dim(`  ${printable(changeWords(entry))}${paidWords(entry)}`),
    ...(entry.message ? [`  "${printable(entry.message)}"`] : []),
  ];
}

/** `changed: stance (prompt), video (values)   24 → 23 rows`. */
function changeWords({ parents, changes, rows, rowsBefore }: LogEntry): string {
  if (parents.length === 0) return 'the first version';
  const steps = changes.map(({ step, what }) => `${step} (${what.join(', ')})`).join(', ');
  const moved =
    rowsBefore === null || rowsBefore === rows ? '' : ` · ${formatCount(rowsBefore)} → ${plural(rows, 'row')}`;
  return `changed: ${steps || 'the declaration alone'}${moved}`;
}

const paidWords = ({ calls, costNanoUsd }: LogEntry): string =>
  calls > 0 ? ` · ${plural(calls, 'call')}, ${formatCost(BigInt(costNanoUsd))}` : '';
