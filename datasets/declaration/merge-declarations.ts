import { equalJson, type Json } from '../../manifests/canonical-json.ts';
import { GettokError } from '../../manifests/gettok-error.ts';
import { changeText, jsonChanges } from './json-changes.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

/** Three declarations as manifests keep them, and what to call the two that were made from the first. */
export interface MergedSides {
  readonly base: Json;
  readonly ours: Json;
  readonly theirs: Json;
  readonly names: { readonly ours: string; readonly theirs: string };
}

export interface MergedDeclaration {
  readonly declaration: JsonObject;
  /** Steps that one side changed and whose model the other changed: nobody has run the two together. */
  readonly untried: readonly string[];
}

/** Both sides changed the same step, model or other key of a declaration. */
export class MergeConflictError extends GettokError {
  override readonly name = 'MergeConflictError';
  readonly conflicts: readonly string[];
  constructor(conflicts: readonly string[], { ours, theirs }: MergedSides['names']) {
    super(
      `${ours} and ${theirs} both changed the same, so that nobody but you can say which counts:\n` +
        `${conflicts.map((conflict) => `  ${conflict}`).join('\n')}\n` +
        `Write dataset.yaml as it is to be and run it on ${ours}: the cells of both branches are found there too.`,
    );
    this.conflicts = conflicts;
  }
}

/**
 * What both sides have made of their common base: a step, a model and every other key is taken from the side that changed
 * it. Values set on the command line are values like others.
 */
export function mergeDeclarations({ base, ours, theirs, names }: MergedSides): MergedDeclaration {
  const [before, here, there] = [unitsOf(base), unitsOf(ours), unitsOf(theirs)];
  const merged = new Map<string, Json>();
  const conflicts: string[] = [];
  const changedHere = new Set<string>();
  const changedThere = new Set<string>();
  for (const unit of new Set([...here.keys(), ...there.keys(), ...before.keys()])) {
    const [was, mine, other] = [before.get(unit), here.get(unit), there.get(unit)];
    const [isMine, isOther] = [!same(was, mine), !same(was, other)];
    if (isMine) changedHere.add(unit);
    if (isOther) changedThere.add(unit);
    if (isMine && isOther && !same(mine, other))
      conflicts.push(`${unit}   ${names.ours}: ${words(was, mine)}   ${names.theirs}: ${words(was, other)}`);
    const taken = isOther ? other : mine;
    if (taken !== undefined) merged.set(unit, taken);
  }
  if (conflicts.length > 0) throw new MergeConflictError(conflicts, names);
  const declaration = fromUnits(merged);
  const apart = (a: ReadonlySet<string>, b: ReadonlySet<string>, unit: string) => a.has(unit) && !b.has(unit);
  const untried = [...merged].flatMap(([unit, value]) => {
    const models = unit.startsWith('steps.') ? modelsOf(value) : [];
    const crossed = models.some(
      (model) =>
        (apart(changedHere, changedThere, unit) && apart(changedThere, changedHere, model)) ||
        (apart(changedThere, changedHere, unit) && apart(changedHere, changedThere, model)),
    );
    return crossed ? [unit.slice('steps.'.length)] : [];
  });
  return { declaration, untried };
}

/** Parts that are taken whole from one side. */
const GROUPS = ['models', 'steps'];

function unitsOf(declaration: Json): Map<string, Json> {
  const { overrides: _recorded, ...keys } = isJsonObject(declaration) ? declaration : {};
  return new Map(
    Object.entries(keys).flatMap(([key, value]): [string, Json][] =>
      GROUPS.includes(key) && isJsonObject(value)
        ? Object.entries(value).map(([name, part]) => [`${key}.${name}`, part])
        : [[key, value]],
    ),
  );
}

function fromUnits(units: ReadonlyMap<string, Json>): JsonObject {
  const groups = GROUPS.map((group): [string, Json] => [
    group,
    Object.fromEntries(
      [...units].flatMap(([unit, value]) =>
        unit.startsWith(`${group}.`) ? [[unit.slice(group.length + 1), value]] : [],
      ),
    ),
  ]);
  const others = [...units].filter(([unit]) => !unit.includes('.'));
  return { ...Object.fromEntries([...others, ...groups]), overrides: [] };
}

const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalJson(a, b);

function words(before: Json | undefined, after: Json | undefined): string {
  if (before === undefined) return 'added it';
  if (after === undefined) return 'removed it';
  return jsonChanges(before, after).map(changeText).join(', ') || 'changed it';
}

/** Units of the models that a step may ask. */
function modelsOf(step: Json): string[] {
  const given = isJsonObject(step) ? step['with'] : undefined;
  const values = isJsonObject(given) ? Object.values(given) : [];
  return values.flatMap((value) => (typeof value === 'string' ? [`models.${value}`] : []));
}
