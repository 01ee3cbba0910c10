import { GettokError } from '../manifests/gettok-error.ts';
import { BatchPutOffError, type ProviderUnavailableError } from './models/provider-unavailable-error.ts';
import { type Resume, writeResume } from './resume.ts';
import type { StepOutcome } from '../workflows/messages.ts';

/** What an activity returns instead of its result when nothing can be done before a certain time. */
export type Waiting = Extract<StepOutcome, { readonly kind: 'wait' }>;

export const isWaiting = (value: object): value is Waiting => 'kind' in value && value.kind === 'wait';

/** A provider that was waited for in vain. Stops the run. */
export class ProviderDownError extends GettokError {
  override readonly name = 'ProviderDownError';
  constructor(unavailable: ProviderUnavailableError, waits: number) {
    super(
      `${unavailable.found} It was waited for ${waits} times without an answer. Every answer until now is kept.\n` +
        'When the provider is back,  gettok run  goes on where it stopped.',
    );
  }
}

/** Long waits are the workflow's, so that they hold no worker: 5, 10, 20 … 300 s, about two hours in all. */
const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 300_000;
const WAITS = 28;
/** So few rows that used up their tries after so many waits are rows that the provider can't answer, not its outage. */
const FEW_ROWS = 5;
const WAITS_FOR_FEW = 3;
/** About half an hour. */
const WAITS_FOR_MANY = 10;

/** Whether rows without an answer are worth another wait, or have failed; then only if the provider's server answers. */
export const isWorthWaiting = ({ waits }: Resume, rows: number): boolean =>
  waits < (rows > FEW_ROWS ? WAITS_FOR_MANY : WAITS_FOR_FEW);

/** Waits between tries of a provider that is down begin anew whenever something was made in between. */
export function waitForProvider(
  unavailable: ProviderUnavailableError,
  resume: Resume,
  progressed: boolean,
  now = Date.now(),
): Waiting {
  const putOff = unavailable instanceof BatchPutOffError;
  const before = progressed ? 0 : putOff ? Math.min(resume.waits, WAITS - 1) : resume.waits;
  if (before >= WAITS) throw new ProviderDownError(unavailable, before);
  const ownMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** before);
  // What the provider didn't take was no round.
  const rounds = putOff ? Math.max(0, resume.rounds - 1) : resume.rounds;
  const untilMs = now + Math.max(ownMs, unavailable.retryAfterMs ?? 0);
  const next = { ...resume, rounds, waits: before + 1 };
  return { kind: 'wait', for: 'provider', untilMs, why: unavailable.code, resume: writeResume(next) };
}
