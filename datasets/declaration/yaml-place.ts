import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Place } from './problem.ts';
import type { SourceText } from './source-text.ts';

/** Keys and indexes from the top of a document to a value in it. */
export type Path = readonly (string | number)[];

export function placeOfNode(source: SourceText, { range }: Pick<Node, 'range'>): Place {
  const [start, end] = range ?? [0, 0];
  return source.placeAt(start, end - start);
}

/** Place of the key or value at `path`; where there is none, of the key nearest around it. */
export function placeInYaml(source: SourceText, document: Document, path: Path, part: 'key' | 'value'): Place {
  let node: unknown = document.contents;
  let place = source.placeAt(0, 0);
  for (const [depth, step] of path.entries()) {
    const within = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(within)
      ? within.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      : undefined;
    node = pair ? pair.value : isSeq(within) ? within.items[Number(step)] : undefined;
    const key = isScalar(pair?.key) ? pair.key : null;
    const value = isNode(node) && node.range?.[0] !== node.range?.[1] ? node : null;
    if (key === null && value === null) return place;
    const last = depth === path.length - 1;
    place = placeOfNode(source, (last && part === 'value' ? (value ?? key) : (key ?? value))!);
  }
  return place;
}

const isNode = (node: unknown): node is Node => node !== null && typeof node === 'object' && 'range' in node;
