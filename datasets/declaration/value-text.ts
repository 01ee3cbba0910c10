import type { Json } from '../../manifests/canonical-json.ts';
import type { Path } from './yaml-place.ts';

const MAX_LENGTH = 40;

/** What stands somewhere, for a message: `the text "often"`, `the number 3`, `a list of 2 entries`, `empty`. */
export function describeValue(value: Json | undefined): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'string') return `the text ${quoted(value)}`;
  if (Array.isArray(value))
    return value.length === 0
      ? 'an empty list'
      : `a list of ${value.length === 1 ? '1 entry' : `${value.length} entries`}`;
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'boolean' ? String(value) : `the number ${String(value)}`;
}

/** A text in quotation marks on one line, cut where it is long. */
export function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return `"${line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line}"`;
}

/** Names for a sentence: `a`, `a and b`, `a, b and c`. */
export const enumerated = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? 'none') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const MOST = 24;

/** Completes "expected …" with what is possible. */
export const oneOf = (names: readonly string[]): string =>
  names.length > 1 ? `one of ${listed(names)}` : listed(names);

/** Names after a colon, cut where there are many. */
export const listed = (names: readonly string[]): string =>
  names.length === 0
    ? 'none'
    : names.length > MOST
      ? `${names.slice(0, MOST).join(', ')} … (${names.length} in all)`
      : names.join(', ');

/** How a message calls a place of the declaration: `step frames`, `every_nth of step frames`, `creators[0].orcid`. */
export function nameOf(path: Path): string {
  const [section, name, ...rest] = path;
  if (section === 'steps' && name !== undefined) {
    const within = rest[0] === 'with' && rest.length > 1 ? rest.slice(1) : rest;
    return rest.length === 0 ? `step ${name}` : `${dotted(within)} of step ${name}`;
  }
  if (section === 'models' && name !== undefined)
    return rest.length === 0 ? `model ${name}` : `${dotted(rest)} of model ${name}`;
  return path.length === 0 ? 'dataset.yaml' : dotted(path);
}

const dotted = (path: Path) =>
  path.map((step, depth) => (typeof step === 'number' ? `[${step}]` : depth === 0 ? step : `.${step}`)).join('');
