import type { Ref } from '../../manifests/refs.ts';
import type { LogEntry } from '../version-history.ts';
import type { Colours } from './colours.ts';
import { formatCost, formatTime, plural, shortDigest } from './format-number.ts';
import { printable } from './render-table.ts';

/** One version of a log: a line with its name, and one with what it changed. */
export function renderLog(
  entry: LogEntry,
  refs: { readonly heads: ReadonlyMap<string, Ref>; readonly tags: ReadonlyMap<string, Ref> },
  { bold, dim, yellow }: Colours,
): string {
  const names = [...refs.heads, ...refs.tags].flatMap(([name, ref]) => (ref.manifest === entry.version ? [name] : []));
  const head = [
    yellow(shortDigest(entry.version)),
    formatTime(Date.parse(entry.created_at)),
    plural(entry.rows, 'row'),
    ...(entry.by ? [printable(entry.by)] : []),
    ...(names.length > 0 ? [bold(`(${names.join(', ')})`)] : []),
  ];
  const changed =
    entry.parent === null ? 'the first version' : `changed: ${entry.changed.join(', ') || 'the declaration alone'}`;
  const paid =
    entry.calls > 0 ? ` · ${plural(entry.calls, 'call')}, ${formatCost(BigInt(Math.round(entry.cost_usd * 1e9)))}` : '';
  return [
    head.join('   '),
    dim(`  ${changed}${paid}`),
    ...(entry.message ? [`  "${printable(entry.message)}"`] : []),
  ].join('\n');
}
