import { GettokError } from '../../manifests/gettok-error.ts';

/** The account can't use the model at all: no key, a refused key, no credit left. Stops the run. */
export class ModelAccessError extends GettokError {
  override readonly name = 'ModelAccessError';
  /** Environment variable that holds the key, or should. */
  readonly keyVariable: string;
  readonly found: string;
  readonly mend: string;
  constructor(found: string, keyVariable: string, mend: string) {
    super(`${found} Every answer until now is kept.\n${mend}, then  gettok run  goes on where it stopped.`);
    this.keyVariable = keyVariable;
    this.found = found;
    this.mend = mend;
  }
}

export const missingKey = (provider: string, keyVariable: string, model: string): ModelAccessError =>
  new ModelAccessError(
    `${provider} wants a key for ${model}, and ${keyVariable} is not set. Nothing was paid.`,
    keyVariable,
    `Set ${keyVariable}, or declare another model`,
  );

export const refusedKey = (provider: string, keyVariable: string | null, status: number): ModelAccessError =>
  keyVariable === null
    ? new ModelAccessError(
        `${provider} wants a key (${status}), and its entry under models names none. Nothing was paid since.`,
        'api_key_env',
        'Name the variable that holds the key as api_key_env of the model',
      )
    : new ModelAccessError(
        `${provider} refused the key in ${keyVariable} (${status}). Nothing was paid since.`,
        keyVariable,
        `Set a working key`,
      );

export const refusedModel = (provider: string, keyVariable: string | null, model: string): ModelAccessError =>
  new ModelAccessError(
    `${provider} doesn't let ${keyVariable === null ? 'us' : `the key in ${keyVariable}`} use ${model} (403). Nothing was paid since.`,
    keyVariable ?? 'api_key_env',
    'Ask for access, set another key or declare another model',
  );

export const noCredit = (
  provider: string,
  keyVariable: string | null,
  status: number,
  code: string,
): ModelAccessError =>
  new ModelAccessError(
    `The account${keyVariable === null ? '' : ` of ${keyVariable}`} at ${provider} has no credit left (${status} ${code}). Nothing was paid since.`,
    keyVariable ?? 'api_key_env',
    'Add credit or raise its limit, or set another key',
  );
