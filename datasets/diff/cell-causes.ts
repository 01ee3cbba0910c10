import type { Cause } from '../causes.ts';

/** What is known of one changed row of a step, from its two values files and its two provenance files. */
export interface Evidence {
  /** In one of the versions the row was outside the sample that was asked about. */
  readonly notSampled: boolean;
  readonly failedBefore: boolean;
  /** Equal cell keys: configuration and inputs are the same. Never asked where the configurations differ. */
  readonly sameKey: boolean;
  /** The programs behind both cells, such as `node/24.21.0 ffmpeg/5.1.9`; only where the keys are the same. */
  readonly software: { readonly before: string; readonly after: string } | null;
  /** The step's inputs that differ in this row, in the order of `StepContext.inputs`. */
  readonly inputs: readonly boolean[];
  /** Of a source: the row was observed at another time, or found gone. */
  readonly observedAnew: boolean;
}

/** What is the same for all rows of a step. */
export interface StepContext {
  readonly source: boolean;
  /** A source that asks an API, in both versions. */
  readonly collected: boolean;
  /** Models are asked: another answer to the same question needs no other program. */
  readonly asksModels: boolean;
  /** The step reads files beside the dataset, in one of the versions. */
  readonly readsOutside: boolean;
  /** What lies outside is the same in both versions, as far as their records say. */
  readonly sameOutside: boolean;
  /** Empty when the configurations are the same. */
  readonly configuration: readonly Cause[];
  /** Names of what is read, as `step.column`. */
  readonly inputs: readonly string[];
  /** Programs of the two versions that differ. */
  readonly programs: readonly string[];
}

/** The causes of one changed row of a step; at least one. */
export function cellCauses(step: StepContext, row: Evidence): Cause[] {
  if (row.notSampled) return [{ word: 'not sampled' }];
  if (step.source) return sourceCauses(step, row);
  if (row.sameKey) return [sameKeyCause(step, row)];
  const inputs = step.inputs.filter((_, index) => row.inputs[index]);
  const causes: Cause[] = [
    ...step.configuration,
    ...(inputs.length > 0 ? [{ word: 'input', names: inputs } as const] : []),
  ];
  return causes.length > 0 ? causes : [otherKeyCause(step)];
}

/** A row of a source has its values in its key: what changed them is where they come from, or how they are read. */
function sourceCauses({ collected, configuration, sameOutside }: StepContext, row: Evidence): Cause[] {
  if (row.failedBefore) return [{ word: 'retry' }];
  if (collected) {
    const observed: Cause[] = row.observedAnew ? [{ word: 'refresh' }] : [];
    return configuration.length + observed.length > 0 ? [...configuration, ...observed] : [{ word: 'source' }];
  }
  // With the same files only the other reading of them is left; with others too, both may have.
  return configuration.length > 0 && sameOutside ? [...configuration] : [...configuration, { word: 'source' }];
}

/** Same question, other outcome. */
function sameKeyCause({ asksModels }: StepContext, { failedBefore, software }: Evidence): Cause {
  if (failedBefore) return { word: 'retry' };
  const names = software && !asksModels ? otherPrograms(software.before, software.after) : [];
  return names.length > 0 ? { word: 'software', names } : { word: 'answered again' };
}

/** A key is made of configuration, inputs and what lies outside: where the first two are the same it is the third. */
function otherKeyCause({ readsOutside, programs }: StepContext): Cause {
  if (readsOutside) return { word: 'source' };
  // Nothing outside is read: then the keys themselves were made in another way.
  return programs.length > 0 ? { word: 'software', names: programs } : { word: 'answered again' };
}

/** Names of the programs that differ between two texts such as `node/24.21.0 ffmpeg/5.1.9`. */
export function otherPrograms(before: string, after: string): string[] {
  const [old, now] = [programsOf(before), programsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name)).toSorted();
}

const programsOf = (text: string): Map<string, string> =>
  new Map(
    text.split(' ').flatMap((part) => {
      const slash = part.indexOf('/');
      return slash < 0 ? [] : [[part.slice(0, slash), part.slice(slash + 1)] as const];
    }),
  );
