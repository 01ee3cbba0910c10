import { GettokError } from '../manifests/gettok-error.ts';
import type { Setting } from './settings.ts';

/** A daily number of requests that isn't one. */
export class DailyRequestsError extends GettokError {
  override readonly name = 'DailyRequestsError';
  override readonly wrongUse = true;
  constructor({ value, from }: Setting) {
    super(
      `${from} says that ${JSON.stringify(value)} requests may be sent a day; it is a whole number above 0, such as 1000.`,
    );
  }
}

/** Throws a `DailyRequestsError` for anything that isn't a whole number above 0. */
export function dailyRequests(setting: Setting): Setting<number> {
  if (!/^[1-9]\d{0,8}$/.test(setting.value)) throw new DailyRequestsError(setting);
  return { value: Number(setting.value), from: setting.from };
}
