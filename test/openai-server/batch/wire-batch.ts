import type { Batch } from 'openai/resources/batches';

/** The SDK's type with what is sent: a member that has no value yet is null, where the type only says it may be missing. */
export type WireBatch = {
  -readonly [K in keyof Batch]-?: undefined extends Batch[K] ? NonNullable<Batch[K]> | null : Batch[K];
};

const windowSeconds = 86_400;

export const seconds = (): number => Math.floor(Date.now() / 1000);

export function newBatch(given: {
  readonly endpoint: string;
  readonly inputFile: string;
  readonly metadata: Record<string, string> | null;
}): WireBatch {
  const createdAt = seconds();
  return {
    id: `batch_${crypto.randomUUID().replaceAll('-', '')}`,
    object: 'batch',
    endpoint: given.endpoint,
    model: null,
    errors: null,
    input_file_id: given.inputFile,
    completion_window: '24h',
    status: 'validating',
    output_file_id: null,
    error_file_id: null,
    created_at: createdAt,
    in_progress_at: null,
    expires_at: createdAt + windowSeconds,
    finalizing_at: null,
    completed_at: null,
    failed_at: null,
    expired_at: null,
    cancelling_at: null,
    cancelled_at: null,
    request_counts: { total: 0, completed: 0, failed: 0 },
    usage: null,
    metadata: given.metadata,
  };
}
