import type { Manifest, StepRecord } from '../../manifests/manifest.ts';
import type { Cause } from '../causes.ts';
import type { StepContext } from './cell-causes.ts';
import { type ConfigurationChange, hasModel } from '../configuration-changes.ts';
import type { NamedStep, StepPair } from './pair-steps.ts';

/** What the manifests of two versions say of a step that is the same for all of its rows. */
export function stepContext(
  { before, after }: StepPair,
  changes: readonly ConfigurationChange[],
  inputs: readonly string[],
  records: { readonly before: Manifest['record']; readonly after: Manifest['record'] },
): StepContext {
  const record = { before: records.before.steps[before.name], after: records.after.steps[after.name] };
  const outside = { before: record.before?.outside ?? null, after: record.after?.outside ?? null };
  const collections = { before: before.state.collection, after: after.state.collection };
  const collected = collections.before !== undefined && collections.after !== undefined;
  // How far a collection goes decides which rows it has, and changes none of them.
  const sameQuery = collected && collections.before?.identity === collections.after?.identity;
  return {
    source: after.state.source,
    collected,
    asksModels: asksModels(before, record.before) || asksModels(after, record.after),
    readsOutside: outside.before !== null || outside.after !== null,
    sameOutside: outside.before === outside.after,
    configuration: changes
      .map(({ cause }) => cause)
      .filter(({ word }) => !sameQuery || word === 'revision' || word === 'step kind'),
    inputs,
    programs: otherVersions(records.before.software, records.after.software),
  };
}

const asksModels = ({ state }: NamedStep, record: StepRecord | undefined): boolean =>
  hasModel(state) || Object.values(record?.partitions ?? {}).some(({ calls }) => calls > 0);

const otherVersions = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] =>
  Object.keys({ ...before, ...after }).filter((name) => name !== 'lock' && before[name] !== after[name]);

/** Why rows that the first version has are not in the second. */
export function removalCauses(
  { before, after }: StepPair,
  { collected, sameOutside }: StepContext,
  changes: readonly ConfigurationChange[],
): Cause[] {
  const causes = changes.map(({ cause }) => cause);
  if (collected) {
    // What is asked for is the same and so is how far: a row leaves such a collection only when it is withdrawn.
    const sameSeeds = before.state.collection?.from?.version === after.state.collection?.from?.version;
    if (causes.length === 0 && sameSeeds) return [{ word: 'withdrawn' }];
    return causes.length > 0 ? causes : [{ word: 'removed at the source' }];
  }
  return causes.length > 0 && sameOutside ? causes : [...causes, { word: 'removed at the source' }];
}
