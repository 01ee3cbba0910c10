import { z } from 'zod';

/** What an activity that waits wants to know when it goes on. */
export interface Resume {
  /** Times that a provider was waited for since something was made. */
  readonly waits: number;
  /** Times that requests were sent as batches: no two sendings are taken for one. */
  readonly sends: number;
  /** Those of them that the provider took: what is unanswered after some is asked for one by one. */
  readonly rounds: number;
}

const count = z.int().nonnegative();
const schema = z.object({ waits: count, sends: count, rounds: count });

export const readResume = (text: string | undefined): Resume =>
  text === undefined ? { waits: 0, sends: 0, rounds: 0 } : schema.parse(JSON.parse(text));

export const writeResume = (resume: Resume): string => JSON.stringify(resume);
