import { equalJson, type Json } from '../../manifests/canonical-json.ts';
import type { StepState } from '../../manifests/manifest.ts';
import type { Cause } from '../causes.ts';

/** One part of a step's configuration that differs between two versions; null where a version doesn't have it. */
export interface ConfigurationChange {
  readonly cause: Cause;
  /** The parameter, or `kind` or `revision`. */
  readonly name: string;
  readonly old: Json;
  readonly new: Json;
}

type Configured = Pick<StepState, 'kind' | 'revision' | 'configuration' | 'parameters'>;

/** Parameters that say which columns a model fills in, and with what. */
const OUTPUT_PARAMETERS: readonly string[] = ['output', 'labels'];

/** What differs between two configurations of a step, from their manifests alone; nothing when the digests are equal. */
export function configurationChanges(before: Configured, after: Configured): ConfigurationChange[] {
  if (before.configuration === after.configuration) return [];
  // Parameters and revisions of different kinds have nothing to do with each other.
  if (before.kind !== after.kind)
    return [{ cause: { word: 'step kind' }, name: 'kind', old: before.kind, new: after.kind }];
  const changes: ConfigurationChange[] = [];
  if (before.revision !== after.revision)
    changes.push({ cause: { word: 'revision' }, name: 'revision', old: before.revision, new: after.revision });
  const old = objectOf(before.parameters);
  const now = objectOf(after.parameters);
  for (const name of [...new Set([...Object.keys(old), ...Object.keys(now)])].toSorted()) {
    // Left out means the default, which a manifest doesn't say.
    const [was, is] = [old[name] ?? null, now[name] ?? null];
    if (!equalJson(was, is)) changes.push({ cause: parameterCause(name, [was, is]), name, old: was, new: is });
  }
  // Digests that differ over equal parts are those of a manifest that another program wrote.
  return changes.length > 0
    ? changes
    : [{ cause: { word: 'parameters' }, name: 'configuration', old: before.configuration, new: after.configuration }];
}

function parameterCause(name: string, values: readonly Json[]): Cause {
  if (values.some(holds(isPrompt))) return { word: 'prompt' };
  if (values.some(holds(isModel))) return { word: 'model' };
  return OUTPUT_PARAMETERS.includes(name) ? { word: 'output schema' } : { word: 'parameters', names: [name] };
}

/** True when a parameter is a model; the step then has values that a model answered. */
export const hasModel = ({ parameters }: Pick<StepState, 'parameters'>): boolean =>
  Object.values(objectOf(parameters)).some(holds(isModel));

type Members = { readonly [key: string]: Json };

/** The forms that parameters have in a manifest: `{prompt: digest}`, and `{provider, model, …}`. */
const isPrompt = (value: Members) => typeof value['prompt'] === 'string' && Object.keys(value).length === 1;
const isModel = (value: Members) => typeof value['provider'] === 'string' && typeof value['model'] === 'string';

const holds =
  (is: (value: Members) => boolean) =>
  (value: Json): boolean => {
    if (isList(value)) return value.some(holds(is));
    return value !== null && typeof value === 'object' && is(value);
  };

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const objectOf = (value: Json): Members => (value !== null && typeof value === 'object' && !isList(value) ? value : {});
