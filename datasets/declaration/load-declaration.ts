import { join, resolve } from 'node:path';
import type { StepKindSignature } from '../step-kind.ts';
import { checkPartition, checkPublicColumns } from './column-mentions.ts';
import { DeclarationError, DeclarationNotFoundError } from './declaration-error.ts';
import type { Declaration, Step } from './declaration.ts';
import { declaredModels } from './declared-models.ts';
import type { DraftStep } from './draft-step.ts';
import { draftSteps } from './draft-steps.ts';
import { type Head, readHead } from './head.ts';
import { jsonAt } from './json-object.ts';
import { normalised } from './normalised.ts';
import { recorded } from './override.ts';
import { IDENTITY, parametersAs } from './parameter-identity.ts';
import { problemAt } from './problem.ts';
import { promptProblems } from './prompt-placeholders.ts';
import { MAX_BYTE_LENGTH, readText, SourceText } from './source-text.ts';
import { checkSqlNames } from './sql-names.ts';
import { completeColumns, completeReads } from './step-columns.ts';
import { cyclesOf, inDependencyOrder } from './step-order.ts';
import { completeParameters, type Surroundings } from './step-parameters.ts';
import { WrittenDeclaration } from './written-declaration.ts';

export interface LoadOptions {
  readonly kinds: ReadonlyMap<string, StepKindSignature>;
  /** Values put in place of declared ones, as `path.to.value=yaml`. */
  readonly set?: readonly string[] | undefined;
  /** A folder for what can be found out again, such as the columns of a large table. */
  readonly cacheFolder?: string | undefined;
  /** Texts that stand in for files of the folder: those of a version, say, whose data are still in the folder. */
  readonly texts?: DeclarationTexts | undefined;
}

export interface DeclarationTexts {
  /** What to call it where something is wrong with it. */
  readonly name: string;
  readonly yaml: string;
  /** By path; others are read in the folder. */
  readonly prompts: ReadonlyMap<string, string>;
}

/**
 * Reads, checks and completes `dataset.yaml` in `folder`. Reads prompt files and, for a source that needs it, looks at
 * the data; runs nothing. Throws `DeclarationError` with every problem there is, or `DeclarationNotFoundError`.
 */
export async function loadDeclaration(
  folder: string,
  { kinds, set = [], cacheFolder, texts }: LoadOptions,
): Promise<Declaration> {
  const file = join(folder, 'dataset.yaml');
  const written = new WrittenDeclaration(texts?.name ?? file, texts?.yaml ?? (await textOf(file)), set);
  if (written.broken) throw new DeclarationError(written.problems, written.sources);

  const head = readHead(written);
  const surroundings = {
    written,
    folder,
    cacheFolder,
    prompts: texts?.prompts,
    models: declaredModels(written, head.models),
  };
  const drafts = draftSteps(written, head.steps, kinds);
  const steps = new Map(drafts.map((step) => [step.name, step]));
  for (const step of drafts) {
    await completeParameters(step, surroundings);
    await completeColumns(step, surroundings);
  }
  reportCycles(written, drafts);
  const prompts = checkPrompts(written, drafts, steps, folder);
  for (const step of drafts) completeReads(step, steps, surroundings);
  checkSqlNames(written, drafts);
  checkPartition(
    written,
    head.partition,
    drafts.find(({ kind }) => kind?.source),
  );
  checkPublicColumns(written, head.release?.public ?? [], steps);

  if (written.problems.length > 0)
    throw new DeclarationError(written.problems, new Map([...written.sources, ...prompts]));
  return completed(head, surroundings.models, inDependencyOrder(drafts).map(finished), written, resolve(folder));
}

async function textOf(file: string): Promise<string> {
  const content = await readText(file);
  if ('text' in content) return content.text;
  if (content.unreadable === 'missing') throw new DeclarationNotFoundError(file);
  const message = `the file is ${content.unreadable}`;
  const expected = content.unreadable === 'too large' ? `at most ${MAX_BYTE_LENGTH} bytes` : 'a YAML file in UTF-8';
  throw new DeclarationError(
    [problemAt({ file, line: null, column: null, length: 0 }, { message, expected })],
    new Map(),
  );
}

function reportCycles(written: WrittenDeclaration, steps: readonly DraftStep[]): void {
  for (const cycle of cyclesOf(steps)) {
    const [first, second] = cycle;
    const needs = jsonAt(written.value, ['steps', first!, 'needs']);
    const index = Array.isArray(needs) ? needs.indexOf(second) : -1;
    const message =
      cycle.length === 2 ? `step ${first} needs itself` : `steps need each other in a circle: ${cycle.join(' → ')}`;
    written.report(['steps', first!, 'needs', index], {
      message,
      found: cycle.join(' → '),
      expected: 'no way back to the same step',
    });
  }
}

/** Reports what is wrong with placeholders; gives the texts of the prompt files concerned. */
function checkPrompts(
  written: WrittenDeclaration,
  drafts: readonly DraftStep[],
  steps: ReadonlyMap<string, DraftStep>,
  folder: string,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const step of drafts) {
    for (const { prompt } of step.prompts) {
      const source = new SourceText(join(folder, prompt.path), prompt.text);
      const problems = promptProblems(source, prompt, step, steps);
      if (problems.length > 0) texts.set(source.file, source.text);
      for (const problem of problems) written.add(problem);
      if (problems.length > 0) step.promptsUsable = false;
    }
  }
  return texts;
}

const finished = ({ name, was, kind, needs, params, tuning, reads, makes }: DraftStep): Step => {
  if (kind === null || params === null || tuning === null || reads === null || makes === null)
    throw new Error(`step ${name} was neither completed nor reported`);
  const former = was === undefined ? {} : { was };
  return {
    name,
    ...former,
    kind,
    needs,
    params,
    identity: parametersAs(IDENTITY, kind.params, params),
    tuning,
    reads,
    makes,
  };
};

function completed(
  { models: _entries, steps: _drafts, ...head }: Head,
  models: Surroundings['models'],
  steps: readonly Step[],
  { overrides }: WrittenDeclaration,
  folder: string,
): Declaration {
  const declared = Object.fromEntries([...models].flatMap(([name, model]) => (model === null ? [] : [[name, model]])));
  const declaration = { ...head, models: declared, steps, overrides: overrides.map(recorded) };
  return { ...declaration, folder, normalised: normalised(declaration) };
}
