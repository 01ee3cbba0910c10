import { equalJson, type Json } from '../manifests/canonical-json.ts';
import { isDigest } from '../manifests/digest.ts';
import type { StepState } from '../manifests/manifest.ts';
import { type Cause, causeLabel } from './causes.ts';
import { isJsonObject, type JsonObject } from './declaration/json-object.ts';

/** One part of a step's configuration that differs between two versions; null where a version doesn't have it. */
export interface ConfigurationChange {
  readonly cause: Cause;
  /** The parameter, or `kind` or `revision`; of a prompt or a model inside a parameter its place, such as `codes.topic`. */
  readonly name: string;
  readonly old: Json;
  readonly new: Json;
}

/** The same as `gettok plan` and `gettok diff` print it. */
export interface ConfigurationDiff extends Omit<ConfigurationChange, 'cause'> {
  readonly step: string;
  readonly cause: string;
}

export const configurationDiffs = (step: string, before: Configured, after: Configured): ConfigurationDiff[] =>
  configurationChanges(before, after).map(({ cause, name, old, new: now }) => ({
    step,
    cause: causeLabel([cause]),
    name,
    old,
    new: now,
  }));

type Configured = Pick<StepState, 'kind' | 'revision' | 'configuration' | 'parameters'>;

/** Parameters that say which columns a model fills in, and with what. */
const OUTPUT_PARAMETERS: readonly string[] = ['output', 'labels'];

/** What differs between two configurations of a step, from their parameters alone; nothing when the digests are equal. */
export function configurationChanges(before: Configured, after: Configured): ConfigurationChange[] {
  if (before.configuration === after.configuration) return [];
  // Parameters and revisions of different kinds have nothing to do with each other.
  if (before.kind !== after.kind)
    return [{ cause: { word: 'step kind' }, name: 'kind', old: before.kind, new: after.kind }];
  const changes: ConfigurationChange[] = [];
  if (before.revision !== after.revision)
    changes.push({ cause: { word: 'revision' }, name: 'revision', old: before.revision, new: after.revision });
  changes.push(
    ...changedParts(before.parameters, after.parameters).flatMap(([name, old, now]) =>
      parameterChanges(name, old, now),
    ),
  );
  // Digests that differ over equal parts are those of a manifest that another program wrote.
  return changes.length > 0
    ? changes
    : [{ cause: { word: 'parameters' }, name: 'configuration', old: before.configuration, new: after.configuration }];
}

/** Prompts and models that differ, each by its place, and the parameter as a whole where anything else of it does. */
function parameterChanges(name: string, old: Json, now: Json): ConfigurationChange[] {
  const places = changedPlaces(name, old, now);
  const found = places.flatMap(({ cause, ...place }) => (cause ? [{ cause, ...place }] : []));
  if (found.length === places.length) return found;
  const cause: Cause = OUTPUT_PARAMETERS.includes(name)
    ? { word: 'output schema' }
    : { word: 'parameters', names: [name] };
  return [...found, { cause, name, old, new: now }];
}

type Place = Omit<ConfigurationChange, 'cause'> & { readonly cause: Cause | null };

function changedPlaces(name: string, old: Json, now: Json): Place[] {
  const place = { name, old, new: now };
  if (isPrompt(old) || isPrompt(now)) return [{ cause: { word: 'prompt' }, ...place }];
  if (isModel(old) || isModel(now)) return [{ cause: { word: 'model' }, ...place }];
  const parts = changedParts(old, now);
  return parts.length === 0
    ? [{ cause: null, ...place }]
    : parts.flatMap(([key, was, is]) => changedPlaces(`${name}.${key}`, was, is));
}

/** Members or entries that differ, by name; none where the values are no objects or lists. */
function changedParts(old: Json, now: Json): [name: string, old: Json, now: Json][] {
  const [was, is] = [partsOf(old), partsOf(now)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
  // Left out means the default, which a manifest doesn't say.
  const both = names.map((name): [string, Json, Json] => [name, was[name] ?? null, is[name] ?? null]);
  return both.filter(([, a, b]) => !equalJson(a, b));
}

const partsOf = (value: Json): JsonObject =>
  isJsonObject(value) ? value : isList(value) ? Object.fromEntries(value.entries()) : {};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** The forms that parameters have in a manifest: `{prompt: digest}`, and `{provider, model, …}`. */
const isPrompt = (value: Json): boolean =>
  isJsonObject(value) && isDigest(value['prompt']) && Object.keys(value).length === 1;
const isModel = (value: Json): boolean =>
  isJsonObject(value) && typeof value['provider'] === 'string' && typeof value['model'] === 'string';

/** True when a parameter is a model; the step then has values that a model answered. */
export const hasModel = ({ parameters }: Pick<StepState, 'parameters'>): boolean => holdsModel(parameters);

const holdsModel = (value: Json): boolean => isModel(value) || Object.values(partsOf(value)).some(holdsModel);
