import { mendOf, type Sufferer } from '../../datasets/fsck/damage.ts';
import type { FsckReport } from '../../datasets/fsck/find-damage.ts';
import { commandLine } from '../command-name.ts';
import type { Colours } from './colours.ts';
import { formatBytes } from './format-bytes.ts';
import { plural, shortDigest } from './format-number.ts';
import { printable } from './render-table.ts';

const SHOWN = 5;

/** What `gettok fsck` has found. */
export function renderDamage(
  { refs, versions, objects, byteLength, damages }: FsckReport,
  full: boolean,
  { colours }: { readonly width: number; readonly colours: Colours },
): string {
  const looked = `${plural(refs, 'branch or tag', 'branches and tags')}, ${plural(versions, 'version')}, ${plural(objects, 'object')}, ${formatBytes(byteLength)}`;
  const how = full ? 'read and proved' : 'looked for, not read';
  const more = full ? [] : [`Read them too and prove every digest:  ${commandLine('fsck', '--full')}`];
  if (damages.length === 0) return [`${colours.green('✔')} No damage: ${looked} (${how}).`, ...more].join('\n');
  const parts = damages.flatMap((damage) => [
    `${colours.red('✘')} ${damage.kind}  ${printable(damage.key)}`,
    `    ${printable(damage.reason)}`,
    ...sufferers(damage.suffers).map((text) => `    ${printable(text)}`),
    `    ${colours.dim(printable(mendOf(damage)))}`,
    '',
  ]);
  return [...parts, `${plural(damages.length, 'damage')} found in ${looked} (${how}).`].join('\n');
}

/** One line a version, the named ones first. */
function sufferers(all: readonly Sufferer[]): string[] {
  const byVersion = [...Map.groupBy(all, ({ version }) => version)].toSorted(
    ([, a], [, b]) => b[0]!.refs.length - a[0]!.refs.length,
  );
  const lines = byVersion.slice(0, SHOWN).map(([version, of]) => {
    const { dataset, refs } = of[0]!;
    const names = refs.length > 0 ? ` (${refs.map((ref) => ref.replace(/^(heads|tags)\//, '')).join(', ')})` : '';
    const places = of.flatMap(({ step, partition }) => (step ? [partition ? `${step}/${partition}` : step] : []));
    const more = places.length > SHOWN ? ` and ${places.length - SHOWN} more` : '';
    return `suffers: ${dataset} ${version ? shortDigest(version) : ''}${names} ${places.slice(0, SHOWN).join(', ')}${more}`.trimEnd();
  });
  return byVersion.length > SHOWN ? [...lines, `and ${byVersion.length - SHOWN} more versions`] : lines;
}
