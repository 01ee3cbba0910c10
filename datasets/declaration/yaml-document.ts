import { parseDocument } from 'yaml';
import type { Json } from '../../manifests/canonical-json.ts';
import { type Place, type Problem, problemAt } from './problem.ts';
import type { SourceText } from './source-text.ts';
import { type Path, placeInYaml } from './yaml-place.ts';
import { aliasProblems, takeOutDuplicates } from './yaml-problems.ts';

/** A YAML 1.2 text: its values, its problems as YAML, and the place of each key and value. */
export interface YamlDocument {
  readonly value: Json;
  readonly problems: readonly Problem[];
  /** Whether nothing can be said of the values: its syntax is wrong. */
  readonly broken: boolean;
  placeOf(path: Path, part: 'key' | 'value'): Place;
}

const MAX_DEPTH = 100;
/** One slip makes the rest of a file wrong. */
const MOST_ERRORS = 20;
/** How many values an alias may stand for, taken together: what keeps nested aliases from growing exponentially. */
const MAX_ALIAS_COUNT = 1000;

export function parseYaml(source: SourceText): YamlDocument {
  const problemOf = (start: number, end: number, message: string) =>
    problemAt(source.placeAt(start, Math.max(1, end - start)), { message: lowerFirst(message) });
  const broken = (problems: readonly Problem[]): YamlDocument => ({
    value: null,
    problems,
    broken: true,
    placeOf: () => source.placeAt(0, 0),
  });

  const deep = depthExceededAt(source.text);
  if (deep !== null) return broken([problemOf(deep, deep + 1, `nested more than ${MAX_DEPTH} levels deep`)]);

  const document = parseDocument(source.text, {
    version: '1.2',
    stringKeys: true,
    uniqueKeys: false, // found by takeOutDuplicates, which says where the first one stands
    resolveKnownTags: false,
    prettyErrors: false,
  });
  const problems = document.errors.map(({ pos, code, message }) =>
    problemOf(...pos, code === 'MULTIPLE_DOCS' ? 'a second document begins' : message),
  );
  if (document.errors.some(({ code }) => code !== 'MULTIPLE_DOCS')) return broken(problems.slice(0, MOST_ERRORS));
  problems.push(...document.warnings.map(({ pos, message }) => problemOf(...pos, message)));
  if (document.directives.yaml.explicit && document.directives.yaml.version !== '1.2')
    return broken([...problems, problemOf(0, source.text.indexOf('\n'), 'not YAML 1.2; leave this line out')]);

  problems.push(...takeOutDuplicates(source, document));
  const aliases = aliasProblems(source, document);
  if (aliases.length > 0) return broken([...problems, ...aliases]);
  try {
    const value = unshared(document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }), MAX_DEPTH);
    return { value, problems, broken: false, placeOf: (path, part) => placeInYaml(source, document, path, part) };
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return broken([...problems, problemOf(0, 1, 'its anchors and aliases expand to too much')]);
  }
}

const lowerFirst = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1);

/** A copy in which an alias is a value of its own, so that an override of one doesn't change the others. */
function unshared(value: unknown, depth: number): Json {
  if (depth === 0) throw new RangeError('too deep');
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map((item) => unshared(item, depth - 1));
  if (typeof value !== 'object') throw new TypeError(`a YAML 1.2 value is never a ${typeof value}`);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshared(item, depth - 1)]));
}

/** The parser needs seconds for a text of nothing but brackets; this finds it without parsing, in strings too. */
function depthExceededAt(text: string): number | null {
  let depth = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (bracket === '[' || bracket === '{' ? 1 : -1));
    if (depth > MAX_DEPTH) return index;
  }
  return null;
}
