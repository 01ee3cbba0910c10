import { type Garbage, GARBAGE_KINDS, type GarbageKind } from '../../datasets/garbage/find-garbage.ts';
import type { Colours } from './colours.ts';
import { formatBytes } from './format-bytes.ts';
import { formatCount, plural } from './format-number.ts';
import { renderTable } from './render-table.ts';

const WORDS: Record<GarbageKind, string> = {
  version: 'versions',
  cells: 'index of cells',
  note: 'index of versions',
  answers: 'index of answers',
  run: 'state of ended runs',
  journal: 'journal of paid answers',
  quota: 'counts of earlier days',
  object: 'files (tables, media, prompts, answers)',
};

const bytesOf = (objects: readonly { readonly byteLength: number }[]) =>
  objects.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** What `gettok gc` has removed, or would remove. */
export function renderGarbage(
  { objects, paid, removed }: Garbage & { readonly removed: boolean },
  { width, colours }: { readonly width: number; readonly colours: Colours },
): string {
  const byKind = Map.groupBy(objects, ({ kind }) => kind);
  const rows = GARBAGE_KINDS.flatMap((kind) => {
    const of = byKind.get(kind);
    return of ? [[WORDS[kind], formatCount(of.length), formatBytes(bytesOf(of))]] : [];
  });
  const table = renderTable(
    [
      { title: '', shrinks: true },
      { title: '', align: 'right' },
      { title: '', align: 'right' },
    ],
    rows,
    width,
  );
  const what = `${plural(objects.length, 'object')}, ${formatBytes(bytesOf(objects))}`;
  const sum =
    objects.length === 0
      ? 'Nothing to remove: every object is in a version, in use, or too young.'
      : removed
        ? `Removed ${what}.`
        : `Would remove ${what}.   Remove with: gettok gc`;
  const left =
    paid.count === 0
      ? []
      : [
          colours.dim(
            `Kept: ${plural(paid.count, 'object')} (${formatBytes(paid.byteLength)}) of answers that were paid for and are in no version. With --journal they go too.`,
          ),
        ];
  return [...(rows.length > 0 ? [table, ''] : []), sum, ...left].join('\n');
}
