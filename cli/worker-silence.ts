import { GettokError } from '../manifests/gettok-error.ts';
import type { Setting } from './settings.ts';

/** A worker says every second or two that it lives: less than this would take many that are only busy for dead. */
const SHORTEST_S = 5;

/** A time of silence that can't be one. */
export class WorkerSilenceError extends GettokError {
  override readonly name = 'WorkerSilenceError';
  override readonly wrongUse = true;
  constructor({ value, from }: Setting) {
    super(
      `${from} says that a worker counts as dead after ${JSON.stringify(value)} seconds of silence; ` +
        `it is a whole number from ${SHORTEST_S} to 3600, such as 20.`,
    );
  }
}

/** Throws a `WorkerSilenceError` for anything that isn't a whole number of seconds from 5 to 3600. */
export function workerSilence(setting: Setting): Setting<number> {
  const seconds = /^\d{1,4}$/.test(setting.value) ? Number(setting.value) : 0;
  if (seconds < SHORTEST_S || seconds > 3600) throw new WorkerSilenceError(setting);
  return { value: seconds, from: setting.from };
}
