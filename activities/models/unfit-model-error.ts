import { GettokError } from '../../manifests/gettok-error.ts';
import type { Model } from '../../datasets/step-kind.ts';

/** A model that is known not to take what a step would ask of it, so that each of its requests would be refused. */
export class UnfitModelError extends GettokError {
  override readonly name = 'UnfitModelError';
  readonly model: string;
  constructor({ name, model }: Model, found: string, mend: string) {
    super(`model ${name} (${model}) ${found}. ${mend}.`);
    this.model = model;
  }
}
