import { type Document, isScalar, type Scalar, visit } from 'yaml';
import { type Problem, problemAt } from './problem.ts';
import type { SourceText } from './source-text.ts';
import { placeOfNode } from './yaml-place.ts';

/** Each is looked up in the whole document, and no declaration needs many. */
const MAX_ALIASES = 100;

/** Aliases whose anchor isn't there, and all beyond a bound. */
export function aliasProblems(source: SourceText, document: Document): Problem[] {
  const problems: Problem[] = [];
  let count = 0;
  visit(document, {
    Alias: (_key, alias) => {
      count++;
      if (count <= MAX_ALIASES && alias.resolve(document) !== undefined) return undefined;
      const message =
        count > MAX_ALIASES
          ? `more than ${MAX_ALIASES} aliases`
          : `no anchor &${alias.source} stands before *${alias.source}`;
      problems.push(problemAt(placeOfNode(source, alias), { message }));
      return count > MAX_ALIASES ? visit.BREAK : undefined;
    },
  });
  return problems;
}

/** Reports keys that stand twice in a mapping, and takes the later ones out of the document. */
export function takeOutDuplicates(source: SourceText, document: Document): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map: (_key, map) => {
      const first = new Map<string, Scalar>();
      map.items = map.items.filter(({ key }) => {
        if (!isScalar(key)) return true;
        const name = String(key.value);
        const earlier = first.get(name);
        if (earlier === undefined) {
          first.set(name, key);
          return true;
        }
        const suggestion = `It stands on line ${placeOfNode(source, earlier).line} already.`;
        problems.push(
          problemAt(placeOfNode(source, key), { message: `duplicate key "${name}"`, found: name, suggestion }),
        );
        return false;
      });
    },
  });
  return problems;
}
