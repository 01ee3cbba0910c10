import type { StepKindSignature } from '../step-kind.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import { checkShape } from './check-shape.ts';
import { STEP_NAME, STEP_NAME_TEXT, stepShape } from './declaration-shape.ts';
import { didYouMean } from './did-you-mean.ts';
import type { DraftStep } from './draft-step.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { enumerated, listed, nameOf, oneOf } from './value-text.ts';
import type { WrittenDeclaration } from './written-declaration.ts';

type Kinds = ReadonlyMap<string, StepKindSignature>;

/** The declared steps in their order, each with its kind and needs checked by itself; then their number of sources. */
export function draftSteps(written: WrittenDeclaration, entries: JsonObject, kinds: Kinds): DraftStep[] {
  const steps = Object.entries(entries).map(([name, entry]) =>
    draftStep(written, name, entry, Object.keys(entries), kinds),
  );
  const sources = steps.filter(({ kind }) => kind?.source);
  if (sources.length === 0 && steps.every(({ kind }) => kind !== null))
    written.report(
      ['steps'],
      { message: 'no source step', expected: `one that makes the rows: ${sourceKinds(kinds)}` },
      'key',
    );
  for (const { path, kind } of sources.slice(1)) {
    const message = `a second source step, after ${sources[0]!.name}`;
    written.report([...path, 'uses'], {
      message,
      found: kind!.kind,
      expected: 'one source step in a dataset (for now)',
    });
  }
  return steps;
}

function draftStep(
  written: WrittenDeclaration,
  name: string,
  entry: Json,
  declared: readonly string[],
  kinds: Kinds,
): DraftStep {
  const path = ['steps', name];
  checkName(written, name);
  const fields = isJsonObject(entry) ? entry : {};
  checkShape(written, stepShape, entry, path);
  const kind = kindOf(written, name, fields['uses'], kinds);
  const parameters = fields['with'] ?? {};
  return {
    name,
    path,
    kind,
    needs: needsOf(written, name, fields, kind, declared),
    with: isJsonObject(parameters) ? parameters : null,
    params: null,
    tuning: null,
    prompts: [],
    promptsUsable: true,
    makes: null,
    reads: null,
  };
}

function checkName(written: WrittenDeclaration, name: string): void {
  if (name === 'dataset')
    written.report(
      ['steps', name],
      {
        message: 'step dataset has a name in use: the joined view is called so',
        found: name,
        expected: 'another name',
      },
      'key',
    );
  else if (!STEP_NAME.test(name))
    written.report(
      ['steps', name],
      { message: `no step can be called "${name}"`, found: name, expected: STEP_NAME_TEXT },
      'key',
    );
}

function kindOf(
  written: WrittenDeclaration,
  name: string,
  uses: Json | undefined,
  kinds: Kinds,
): StepKindSignature | null {
  if (typeof uses !== 'string' || uses.trim() === '') return null;
  const kind = kinds.get(uses) ?? null;
  if (kind !== null) return kind;
  const expected = oneOf([...kinds.keys()].toSorted());
  const suggestion = /\.[cm]?[jt]s$/.test(uses)
    ? 'Custom step kinds must be installed with GET-Tok; files beside dataset.yaml are not loaded yet.'
    : didYouMean(uses, kinds.keys());
  written.report(['steps', name, 'uses'], {
    message: `unknown step kind "${uses}"`,
    found: uses,
    expected,
    suggestion,
  });
  return null;
}

function needsOf(
  written: WrittenDeclaration,
  name: string,
  fields: JsonObject,
  kind: StepKindSignature | null,
  declared: readonly string[],
): string[] {
  const path = ['steps', name, 'needs'];
  const { needs } = fields;
  if (needs !== undefined && !isList(needs)) return [];
  const found = new Set<string>();
  for (const [index, need] of (needs ?? []).entries()) {
    if (typeof need !== 'string') continue;
    const others = declared.filter((other) => other !== name);
    if (found.has(need))
      written.report([...path, index], {
        message: `${nameOf(path)} names ${need} twice`,
        found: need,
        expected: 'each step once',
      });
    else if (!declared.includes(need)) {
      const complaint = {
        message: `no step "${need}"`,
        found: need,
        expected: oneOf(others),
        suggestion: didYouMean(need, others),
      };
      written.report([...path, index], complaint);
    } else found.add(need);
  }
  if (kind?.source === true && found.size > 0)
    written.report(path, {
      message: `step ${name} makes the rows`,
      found: `needs ${enumerated([...found])}`,
      expected: 'no needs',
    });
  if (kind?.source === false && (needs === undefined || needs.length === 0)) {
    // Under an unknown key they are most likely misspelt, which has been reported.
    if (Object.keys(fields).some((key) => !(key in stepShape.shape))) return [];
    const message = `step ${name} needs no step, and ${kind.kind} makes no rows of its own`;
    written.report(
      path,
      { message, expected: `needs: [${declared.find((other) => other !== name) ?? 'a step'}] or the like` },
      'key',
    );
  }
  return [...found];
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const sourceKinds = (kinds: Kinds) =>
  listed(
    [...kinds.values()]
      .filter(({ source }) => source)
      .map(({ kind }) => kind)
      .toSorted(),
  );
