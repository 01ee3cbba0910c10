import type { Json } from '../../manifests/canonical-json.ts';
import type { Manifest, StepState } from '../../manifests/manifest.ts';
import { stepsInOrder } from '../steps-in-order.ts';

/** One step as it is in one version. */
export interface NamedStep {
  readonly name: string;
  readonly state: StepState;
}

/** A step that both versions have; it is called as in the second. */
export interface StepPair {
  readonly before: NamedStep;
  readonly after: NamedStep;
}

export interface Pairing {
  readonly pairs: readonly StepPair[];
  readonly onlyBefore: readonly NamedStep[];
  readonly onlyAfter: readonly NamedStep[];
}

/**
 * Steps are paired by name, renamed ones by their `was`, and the steps that make the rows with each other: rows of any two
 * versions are compared by id.
 */
export function pairSteps(before: Manifest, after: Manifest): Pairing {
  const left = new Map(stepsInOrder(before.state.steps));
  const pairs: StepPair[] = [];
  const onlyAfter: NamedStep[] = [];
  const steps = stepsInOrder(after.state.steps);
  const taken = new Set(steps.map(([name]) => name));
  for (const [name, state] of steps) {
    const was = formerName(after.state.declaration, name);
    const source = [...left].find(([, one]) => one.source)?.[0];
    const found = [name, was, state.source ? source : undefined].find(
      (other): other is string =>
        other !== undefined &&
        left.get(other)?.source === state.source &&
        // A step of that name is still there, and is its own pair.
        (other === name || state.source || !taken.has(other)),
    );
    if (found === undefined) {
      onlyAfter.push({ name, state });
      continue;
    }
    pairs.push({ before: { name: found, state: left.get(found)! }, after: { name, state } });
    left.delete(found);
  }
  return { pairs, onlyBefore: [...left].map(([name, state]) => ({ name, state })), onlyAfter };
}

const formerName = (declaration: Json, step: string): string | undefined => {
  const was = member(member(member(declaration, 'steps'), step), 'was');
  return typeof was === 'string' ? was : undefined;
};

const member = (value: Json | undefined, key: string): Json | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })[key]
    : undefined;
