import { z } from 'zod';

/** How steps that ask models go about it; in no key. */
export const aiTuning = z.strictObject({
  concurrency: z
    .int()
    .min(1)
    .max(256)
    .default(64)
    .describe('Rows of a partition that are asked about at the same time'),
  // Node's fetch waits no longer than 300 s for the first byte of an answer.
  timeout_s: z.int().positive().max(300).default(120).describe('How long one try may take'),
  tries: z
    .int()
    .min(1)
    .max(10)
    .default(4)
    .describe('Tries before a row fails or, where no row is answered, the provider is waited for'),
});

export type AiTuning = z.output<typeof aiTuning>;

export const askLimits = ({ timeout_s, tries }: AiTuning) => ({ timeoutMs: timeout_s * 1000, tries });
