import { GettokError } from '../../manifests/gettok-error.ts';
import { type NeededColumns, UnreadableInputError } from '../step-kind.ts';
import type { DraftStep } from './draft-step.ts';
import { referencesIn } from './parameter-references.ts';
import { placeholdersOf } from './prompt-template.ts';
import type { Surroundings } from './step-parameters.ts';
import { enumerated } from './value-text.ts';
import type { Path } from './yaml-place.ts';

/** Finds out what a step makes, by looking at its data where the parameters don't say. */
export async function completeColumns(step: DraftStep, { written, folder, cacheFolder }: Surroundings): Promise<void> {
  const { kind, params } = step;
  if (kind === null || params === null) return;
  try {
    step.makes = kind.makes(params) ?? (await kind.inspect?.(params, folder, cacheFolder)) ?? null;
  } catch (error) {
    if (!(error instanceof GettokError)) throw error;
    written.report([...step.path, 'with'], { message: oneLine(error.message) });
  }
}

/** Finds out what a step reads of the steps it needs. Left alone when one of them isn't known well enough. */
export function completeReads(step: DraftStep, steps: ReadonlyMap<string, DraftStep>, { written }: Surroundings): void {
  const { kind, params, path } = step;
  const needs: { [step: string]: NeededColumns[string] } = {};
  const names = new Map<string, string>();
  for (const need of step.needs) {
    const columns = steps.get(need)?.makes;
    if (!columns) return;
    const called = nameInPrompts(step, steps.get(need)!);
    needs[called] = columns;
    names.set(called, need);
  }
  if (kind === null || params === null || !step.promptsUsable || written.hasTrouble([...path, 'needs'])) return;
  try {
    step.reads = Object.fromEntries(
      Object.entries(kind.reads(params, needs)).map(([role, read]) => [role, { ...read, step: names.get(read.step)! }]),
    );
  } catch (error) {
    if (!(error instanceof UnreadableInputError || error instanceof GettokError)) throw error;
    if (!(error instanceof UnreadableInputError))
      return written.report([...path, 'with', ...modelPath(step)], { message: oneLine(error.message) });
    const { role, found, expected } = error;
    const makers = [...steps.values()].filter(
      ({ name, makes }) => name !== step.name && makes && Object.hasOwn(makes, role),
    );
    const missing = makers.filter(({ name }) => !step.needs.includes(name)).map(({ name }) => name);
    const complaint = {
      message: `step ${step.name} can't read ${role}: ${found}`,
      found,
      expected,
      suggestion:
        missing.length > 0 && missing.length === makers.length
          ? `Add ${enumerated(missing).replace(/ and /, ' or ')} to needs.`
          : null,
    };
    written.report(pointAt(step, role), complaint);
  }
}

/**
 * What a renamed step is called among the inputs of another: names of inputs are part of cell keys, so it keeps its former
 * name there, unless a prompt says the new one.
 */
function nameInPrompts({ prompts }: DraftStep, { name, was }: DraftStep): string {
  if (was === undefined) return name;
  const saysNew = prompts.some(({ prompt }) => placeholdersOf(prompt.text).some(({ step }) => step === name));
  return saysNew ? name : was;
}

/** What a kind has to say of its inputs and isn't about one of them is about the model that is to read them. */
function modelPath({ kind, with: given }: DraftStep): Path {
  if (kind === null) return [];
  return referencesIn(kind.params, given).find(({ reference }) => reference === 'model')?.path ?? [];
}

function pointAt(step: DraftStep, role: string): Path {
  if (step.with !== null && Object.hasOwn(step.with, role)) return [...step.path, 'with', role];
  return [...step.path, 'needs'];
}

const oneLine = (message: string) => message.replaceAll(/\s*\n\s*/g, ' ').replace(/\.$/, '');
