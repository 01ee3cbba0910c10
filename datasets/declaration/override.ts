import { canonicalJson, type Json } from '../../manifests/canonical-json.ts';
import { didYouMean } from './did-you-mean.ts';
import { isJsonObject, jsonAt } from './json-object.ts';
import { type Complaint, type Place, type Problem, problemAt } from './problem.ts';
import { SourceText } from './source-text.ts';
import { oneOf } from './value-text.ts';
import { parseYaml } from './yaml-document.ts';
import type { Path } from './yaml-place.ts';

/** One `--set path.to.value=yaml`. */
export interface Override {
  readonly path: Path;
  readonly value: Json;
  readonly place: Place;
}

/** An override as versions record it: `path=value`, the value as it would be written again. */
export function recorded({ path, value }: Override): string {
  const plain =
    typeof value === 'string' && value === value.trim() && parseYaml(new SourceText('', value)).value === value;
  return `${path.join('.')}=${plain ? value : canonicalJson(value)}`;
}

/** Splits and parses the texts given with `--set`. The value of a broken one is never shown: it may be a credential. */
export function parseOverrides(texts: readonly string[]): { overrides: Override[]; problems: Problem[] } {
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  for (const text of texts) {
    const [, path, yaml] = /^([^=\s]+)=([^]*)$/.exec(text) ?? [];
    const place = { file: `--set ${path ?? text.split('=', 1)[0]}`, line: null, column: null, length: 0 };
    const complain = (complaint: Complaint) => problems.push(problemAt(place, complaint));
    if (path === undefined || yaml === undefined) {
      complain({ message: 'not of the form path=value', expected: 'such as models.gpt.model=gpt-5.1-2025-11-13' });
      continue;
    }
    const steps = path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const { value, problems: wrong } = parseYaml(new SourceText(place.file, yaml));
    if (wrong.length > 0)
      complain({ message: `the value is no YAML: ${wrong.map(({ message }) => message).join('; ')}` });
    else if (steps.includes(''))
      complain({ message: 'an empty part in the path', expected: 'keys with one dot between them' });
    else if (overrides.some(({ place: { file } }) => file === place.file)) complain({ message: 'set twice' });
    else overrides.push({ path: steps, value, place });
  }
  return { overrides, problems };
}

/**
 * `root` with one override put in, or why it can't be. A step or model that isn't declared is a problem, as is a way
 * through a value that has no parts; a mapping that is only missing (`with`, `parameters`) is made.
 */
export function overridden(root: Json, { path, value, place }: Override): { value: Json } | { problem: Problem } {
  const around: Json[] = [];
  let within: Json | undefined = root;
  for (const [depth, step] of path.entries()) {
    const complaint = obstacle(within, path, depth);
    if (complaint !== null) return { problem: problemAt(place, complaint) };
    around.push(within ?? {});
    within = jsonAt(within, [step]);
  }
  return { value: path.reduceRight((inner, step, depth) => withPart(around[depth]!, step, inner), value) };
}

function withPart(within: Json, step: string | number, part: Json): Json {
  if (Array.isArray(within)) return within.toSpliced(Number(step), 1, part);
  return Object.fromEntries([...Object.entries(isJsonObject(within) ? within : {}), [String(step), part]]);
}

function obstacle(within: Json | undefined, path: Path, depth: number): Complaint | null {
  const step = path[depth]!;
  const last = depth === path.length - 1;
  const name = path.slice(0, depth).join('.');
  if (within === undefined || within === null) return null;
  if (Array.isArray(within)) {
    const inside = typeof step === 'number' && (step < within.length || (last && step === within.length));
    return inside ? null : { message: `${name} has no entry ${step}`, expected: `a number from 0 to ${within.length}` };
  }
  if (!isJsonObject(within)) return { message: `${name} has no parts`, suggestion: `Set ${name} itself.` };
  const [section] = path;
  if (last || depth !== 1 || (section !== 'steps' && section !== 'models') || Object.hasOwn(within, step)) return null;
  const declared = Object.keys(within);
  const found = String(step);
  return {
    message: `no ${section.slice(0, -1)} ${found}`,
    found,
    expected: oneOf(declared),
    suggestion: didYouMean(found, declared),
  };
}
