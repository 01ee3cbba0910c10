import { GettokError } from '../../manifests/gettok-error.ts';

/** No such model where it is asked for, so that every cell of the step would fail alike. Stops the run. */
export class UnknownModelError extends GettokError {
  override readonly name = 'UnknownModelError';
  readonly model: string;
  readonly found: string;
  readonly mend: string;
  constructor(model: string, found: string, mend: string) {
    super(`${found} ${mend}, then  gettok run  goes on where it stopped.`);
    this.model = model;
    this.found = found;
    this.mend = mend;
  }
}
