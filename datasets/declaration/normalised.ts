import type { Json } from '../../manifests/canonical-json.ts';
import type { Declaration, Step } from './declaration.ts';
import { parametersAs, WRITTEN_OUT } from './parameter-identity.ts';

/**
 * The declaration as manifests keep it: complete, readable without `dataset.yaml`, and the same however it was laid out.
 * Prompts stand as digests, defaults are written out, lists keep their order (creators, needs, labels).
 */
export function normalised(declaration: Omit<Declaration, 'normalised' | 'folder'>): Json {
  const { dataset, title, creators, license, partition, models, steps, retention, release, overrides } = declaration;
  return {
    dataset,
    title,
    creators: creators.map(present),
    license,
    partition: present(partition),
    models: Object.fromEntries(Object.values(models).map(({ name, ...model }) => [name, present(model)])),
    steps: Object.fromEntries(steps.map((step) => [step.name, normalisedStep(step)])),
    ...(retention && { retention: present(retention) }),
    release: release && { public: [...release.public] },
    overrides: [...overrides],
  };
}

const normalisedStep = ({ kind, was, needs, params, tuning }: Step): Json => ({
  uses: kind.kind,
  ...(was !== undefined && { was }),
  needs: [...needs],
  with: parametersAs(WRITTEN_OUT, kind.params, params),
  tuning: parametersAs(WRITTEN_OUT, kind.tuning, tuning),
});

/** An object of the declaration, which is JSON, without the keys that were left out. */
const present = (object: object): Json =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Json;
