import { GettokError } from '../../manifests/gettok-error.ts';

/** Columns that can't be compared in the way that was asked for. */
export class CompareError extends GettokError {
  override readonly name = 'CompareError';
  override readonly wrongUse = true;
}
