import { GettokError } from '../../manifests/gettok-error.ts';

/** A row, step or column that the version doesn't have. */
export class WhyError extends GettokError {
  override readonly name = 'WhyError';
  override readonly wrongUse = true;
}
