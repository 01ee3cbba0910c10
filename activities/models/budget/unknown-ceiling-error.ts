import { GettokError } from '../../../manifests/gettok-error.ts';

/** A request under `--max-usd` of which the most that it can cost can't be known: it isn't sent. Stops the run. */
export class UnknownCeilingError extends GettokError {
  override readonly name = 'UnknownCeilingError';
  constructor(step: string, model: { readonly name: string; readonly model: string }) {
    super(
      `The most that a request of ${step} to model ${model.name} (${model.model}) can cost is not known, so it was not sent ` +
        `under --max-usd. Every answer until now is kept.\n` +
        `Add price: to models.${model.name} in dataset.yaml, or run again without --max-usd.`,
    );
  }
}
