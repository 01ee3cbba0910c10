import { z } from 'zod';

export type BatchStatus =
  'validating' | 'in_progress' | 'finalizing' | 'completed' | 'failed' | 'expired' | 'cancelling' | 'cancelled';

/** Something that is wrong with the batch as a whole, or with a line of its file. */
export interface BatchProblem {
  readonly code: string | null;
  readonly message: string;
  /** From 1; null when it is about no line. */
  readonly line: number | null;
}

/** Where a batch stands. Plain JSON, so that it can be kept in a bucket. Times are epoch milliseconds. */
export interface BatchState {
  readonly id: string;
  readonly status: BatchStatus;
  /** Ours, from its metadata; null when somebody else made it. */
  readonly key: string | null;
  readonly inputFile: string;
  readonly outputFile: string | null;
  readonly errorFile: string | null;
  readonly createdMs: number;
  readonly expiresMs: number | null;
  /** Null before it was validated, and where the provider doesn't count. */
  readonly counts: { readonly total: number; readonly completed: number; readonly failed: number } | null;
  /** Empty unless it failed. */
  readonly problems: readonly BatchProblem[];
}

/** Name of our key in a batch's metadata. */
export const KEY_NAME = 'gettok_key';

const ENDED: ReadonlySet<BatchStatus> = new Set(['completed', 'failed', 'expired', 'cancelled'] as const);

/** Nothing will change any more: its results, if there are any, can be read. */
export const hasEnded = ({ status }: BatchState): boolean => ENDED.has(status);

const text = z.string();
const count = z.number();
const problem = z.object({ code: text.nullish(), message: text.nullish(), line: count.nullish() });
const wire = z.object({
  id: text.min(1),
  status: z.enum([
    'validating',
    'in_progress',
    'finalizing',
    'completed',
    'failed',
    'expired',
    'cancelling',
    'cancelled',
  ]),
  input_file_id: text,
  output_file_id: text.nullish(),
  error_file_id: text.nullish(),
  created_at: count,
  expires_at: count.nullish(),
  request_counts: z.object({ total: count, completed: count, failed: count }).nullish(),
  errors: z.object({ data: z.array(problem).nullish() }).nullish(),
  metadata: z.record(text, z.unknown()).nullish(),
});

/** Null when it is no batch: an HTML page, half an answer. Compatible servers leave members out, or null. */
export function readBatchState(sent: unknown): BatchState | null {
  const { success, data: batch } = wire.safeParse(sent);
  if (!success) return null;
  const key = batch.metadata?.[KEY_NAME];
  return {
    id: batch.id,
    status: batch.status,
    key: typeof key === 'string' ? key : null,
    inputFile: batch.input_file_id,
    outputFile: batch.output_file_id || null,
    errorFile: batch.error_file_id || null,
    createdMs: batch.created_at * 1000,
    expiresMs: typeof batch.expires_at === 'number' ? batch.expires_at * 1000 : null,
    counts: batch.request_counts ?? null,
    problems: (batch.errors?.data ?? []).map(({ code, message, line }) => ({
      code: code ?? null,
      message: message ?? 'no reason given',
      line: line ?? null,
    })),
  };
}
