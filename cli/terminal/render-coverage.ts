import type { CollectionState, Manifest } from '../../manifests/manifest.ts';
import { formatCount, plural, shortDigest } from './format-number.ts';

/** Stretches of days that are named one by one; the others stand in the manifest. */
const NAMED = 4;

/** What a collection has and what it is missing: one line, and one more where it was asked about another dataset. */
export function renderCoverage({ coverage, requests, from }: CollectionState): string[] {
  const { of, complete, partial, not_asked: notAsked, days } = coverage;
  const many = (count: number) => plural(count, of);
  const missing = [...reasons('partial', partial), ...reasons('not asked', notAsked)];
  const words = [`${many(complete)} complete`, ...missing, plural(requests, 'request')].join(' · ');
  const gaps = (days ?? []).filter(({ status }) => status !== 'complete');
  const named = gaps.slice(0, NAMED).map(({ from: first, to, status, why }) => {
    const span = first === to ? first : `${first} to ${to}`;
    return `${span} ${status === 'partial' ? 'partial' : 'not asked'}${why === undefined ? '' : ` (${why})`}`;
  });
  const more = gaps.length > NAMED ? [`and ${formatCount(gaps.length - NAMED)} more`] : [];
  return [
    words,
    ...(named.length > 0 ? [[...named, ...more].join(', ')] : []),
    ...(from ? [`asked for ${from.column} of ${from.dataset} ${from.ref} (${shortDigest(from.version)})`] : []),
  ];
}

interface Gaps {
  readonly step: string;
  readonly collection: CollectionState;
}

/** Collections that aren't whole. */
export const gapsOf = ({ state }: Pick<Manifest, 'state'>): Gaps[] =>
  Object.entries(state.steps).flatMap(([step, { collection }]) => {
    if (!collection) return [];
    const { partial, not_asked: notAsked } = collection.coverage;
    return Object.keys(partial).length + Object.keys(notAsked).length > 0 ? [{ step, collection }] : [];
  });

/** What collections are missing: a version with gaps is one to go on with, not one to cite. */
export const renderGaps = (manifest: Pick<Manifest, 'state'>): string[] =>
  gapsOf(manifest).flatMap(({ step, collection }) => {
    const [counts, ...more] = renderCoverage(collection);
    return [`${step}: ${counts}`, ...more.slice(0, 1).map((line) => `  ${line}`)];
  });

const reasons = (word: string, byReason: { readonly [why: string]: number }): string[] =>
  Object.entries(byReason).map(([why, count]) => `${formatCount(count)} ${word} (${why})`);
