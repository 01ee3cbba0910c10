import { z } from 'zod';

/** Nothing can be asked before a certain time: ends the activity, and the workflow sleeps. Passes through the kind. */
export class CollectWait extends Error {
  override readonly name = 'CollectWait';
  readonly what: 'quota' | 'provider';
  readonly untilMs: number;
  readonly why: string;
  constructor(what: 'quota' | 'provider', untilMs: number, why: string) {
    super(`${what}: nothing is asked before ${new Date(untilMs).toISOString()} (${why})`);
    this.what = what;
    this.untilMs = untilMs;
    this.why = why;
  }
}

/** What a collection wants to know when it goes on after a wait. */
const schema = z.object({
  /** Times that it waited for an API that answered nothing. */
  outages: z.int().nonnegative(),
  /** Requests that failed since then, in epoch milliseconds, are asked again. */
  failedSince: z.int().nonnegative().nullable(),
  /** Until the wait began: what failed after it has been asked again already. */
  failedUntil: z.int().nonnegative().nullable(),
});
export type CollectResume = Readonly<z.infer<typeof schema>>;

export const readCollectResume = (text: string | undefined): CollectResume =>
  text === undefined ? { outages: 0, failedSince: null, failedUntil: null } : schema.parse(JSON.parse(text));

export const writeCollectResume = (resume: CollectResume): string => JSON.stringify(resume);
