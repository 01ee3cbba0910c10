import { z } from 'zod';
import type { Json } from '../../manifests/canonical-json.ts';
import { didYouMean } from './did-you-mean.ts';
import { expectedOf } from './issue-text.ts';
import { jsonAt } from './json-object.ts';
import { keysOf, schemaAt, unwrapped } from './schema-parts.ts';
import { nameOf, oneOf } from './value-text.ts';
import type { WrittenDeclaration } from './written-declaration.ts';
import type { Path } from './yaml-place.ts';

/** Reports whatever of `value`, which stands at `path`, isn't as `schema` wants it. Null when there is something. */
export function checkShape<S extends z.ZodType>(
  written: WrittenDeclaration,
  schema: S,
  value: Json | undefined,
  path: Path,
): z.output<S> | null {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(written, schema, value, path, issue, []);
  return null;
}

function reportIssue(
  written: WrittenDeclaration,
  schema: z.core.$ZodType,
  root: Json | undefined,
  path: Path,
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
): void {
  const within = [...above, ...issue.path];
  const at = [...path, ...within.filter((key) => typeof key !== 'symbol')];
  const value = jsonAt(root, within);
  if (issue.code === 'unrecognized_keys') {
    const of = schemaAt(schema, within);
    for (const key of issue.keys) reportUnknownKey(written, [...at, key], of === null ? [] : keysOf(of));
    return;
  }
  if (issue.code === 'invalid_union') {
    const deeper = issue.errors.filter((branch) => branch.length > 0 && branch.every(isInside));
    if (deeper.length > 0) {
      const branch = deeper.toSorted((a, b) => a.length - b.length)[0]!;
      for (const inner of branch) reportIssue(written, schema, root, path, inner, within);
      return;
    }
  }
  const part = schemaAt(schema, within);
  const expected = expectedOf(issue, part !== null && unwrapped(part) instanceof z.ZodNumberFormat);
  const found = written.describe(at, value);
  if (issue.code === 'invalid_key')
    return written.report(
      at,
      { message: `${nameOf(at)} can't be called so`, found: String(at.at(-1)), expected },
      'key',
    );
  if (expected === null) return written.report(at, { message: `${nameOf(at)}: ${issue.message}`, found });
  if (value === undefined) {
    const what = part === null ? undefined : z.globalRegistry.get(part)?.description;
    const complaint = {
      message: lacking(at),
      expected: what === undefined ? expected : `${expected}: ${lowerFirst(what)}`,
    };
    return written.report(at, complaint, 'key');
  }
  written.report(at, { message: `${nameOf(at)} is ${found}`, found, expected });
}

/** Whether an issue of one branch of a union shows that the value was meant for that branch: its type was right. */
const isInside = ({ path, code }: z.core.$ZodIssue) =>
  path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_value' && code !== 'invalid_union');

function lacking(path: Path): string {
  const owner = path.slice(0, -1);
  const key = String(path.at(-1));
  return isWith(owner) ? `${nameOf(owner.slice(0, -1))} lacks ${key} under with` : `${nameOf(owner)} lacks ${key}`;
}

const isWith = (path: Path) => path.length === 3 && path[0] === 'steps' && path[2] === 'with';
const lowerFirst = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1);

export function reportUnknownKey(written: WrittenDeclaration, path: Path, known: readonly string[]): void {
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  const complaint = {
    message: `unknown key "${key}" ${isWith(owner) ? 'under' : 'in'} ${nameOf(owner)}`,
    found: key,
    expected: known.length === 0 ? 'no key' : oneOf(known),
    suggestion: didYouMean(key, known),
  };
  written.report(path, complaint, 'key');
}
