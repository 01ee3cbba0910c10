import { GettokError } from '../manifests/gettok-error.ts';
import type { Setting } from './settings.ts';

/** A share that isn't one. */
export class ModelShareError extends GettokError {
  override readonly name = 'ModelShareError';
  override readonly wrongUse = true;
  constructor({ value, from }: Setting) {
    super(
      `${from} says that a worker's share of the models' limits is "${value}"; it is a number above 0 and at most 1. Two workers that share alike have 0.5 each.`,
    );
  }
}

/** Throws a `ModelShareError` for anything that isn't above 0 and at most 1. */
export function modelShare(setting: Setting): Setting<number> {
  const value = Number(setting.value);
  if (setting.value.trim() === '' || !(value > 0 && value <= 1)) throw new ModelShareError(setting);
  return { value, from: setting.from };
}
