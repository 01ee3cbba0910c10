import type { Json } from '../../manifests/canonical-json.ts';
import type { StepKindSignature } from '../step-kind.ts';
import { checkShape } from './check-shape.ts';
import { STEP_NAME, STEP_NAME_TEXT, stepShape } from './declaration-shape.ts';
import { didYouMean } from './did-you-mean.ts';
import type { DraftStep } from './draft-step.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { formerName, reportSharedNames } from './former-name.ts';
import { needsOf } from './step-needs.ts';
import { listed, oneOf } from './value-text.ts';
import type { WrittenDeclaration } from './written-declaration.ts';

type Kinds = ReadonlyMap<string, StepKindSignature>;

/** The declared steps in their order, each checked as far as it can be by itself. */
export function draftSteps(written: WrittenDeclaration, entries: JsonObject, kinds: Kinds): DraftStep[] {
  const declared = Object.keys(entries);
  const steps = Object.entries(entries).map(([name, entry]) => draftStep(written, name, entry, declared, kinds));
  checkSources(written, steps, kinds);
  reportSharedNames(written, steps);
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
  checkShape(written, stepShape, entry, path);
  const fields = isJsonObject(entry) ? entry : {};
  const kind = kindOf(written, name, fields['uses'], kinds);
  const parameters = fields['with'] ?? {};
  const was = formerName(written, name, fields['was'], declared);
  return {
    name,
    path,
    ...(was !== null && { was }),
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
  if (name !== 'dataset' && STEP_NAME.test(name)) return;
  const complaint =
    name === 'dataset'
      ? { message: 'step dataset has a name in use: the joined view is called so', expected: 'another name' }
      : { message: `no step can be called "${name}"`, expected: STEP_NAME_TEXT };
  written.report(['steps', name], { ...complaint, found: name }, 'key');
}

function kindOf(
  written: WrittenDeclaration,
  name: string,
  uses: Json | undefined,
  kinds: Kinds,
): StepKindSignature | null {
  if (typeof uses !== 'string' || uses.trim() === '') return null;
  const kind = kinds.get(uses);
  if (kind !== undefined) return kind;
  const suggestion = /\.[cm]?[jt]s$/.test(uses)
    ? 'Custom step kinds must be installed with GET-Tok; files beside dataset.yaml are not loaded yet.'
    : didYouMean(uses, kinds.keys());
  const expected = oneOf([...kinds.keys()].toSorted());
  written.report(['steps', name, 'uses'], {
    message: `unknown step kind "${uses}"`,
    found: uses,
    expected,
    suggestion,
  });
  return null;
}

function checkSources(written: WrittenDeclaration, steps: readonly DraftStep[], kinds: Kinds): void {
  const [first, ...more] = steps.filter(({ kind }) => kind?.source);
  if (first === undefined && steps.every(({ kind }) => kind !== null)) {
    const names = [...kinds].filter(([, { source }]) => source).map(([name]) => name);
    const expected = `one that makes the rows: ${listed(names.toSorted())}`;
    written.report(['steps'], { message: 'no source step', expected }, 'key');
  }
  for (const { path, kind } of more) {
    const message = `a second source step, after ${first?.name}`;
    const expected = 'one source step in a dataset (for now)';
    written.report([...path, 'uses'], { message, found: kind?.kind ?? null, expected });
  }
}
