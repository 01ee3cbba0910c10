import { z } from 'zod';

/** What an activity that waits wants to know when it goes on. */
export interface Resume {
  /** Times that a provider was waited for since something was made. */
  readonly waits: number;
  /** Times that requests were sent as batches, or had to be sent anew. */
  readonly round: number;
}

const schema = z.object({ waits: z.int().nonnegative(), round: z.int().nonnegative() });

export const readResume = (text: string | undefined): Resume =>
  text === undefined ? { waits: 0, round: 0 } : schema.parse(JSON.parse(text));

export const writeResume = (resume: Resume): string => JSON.stringify(resume);
