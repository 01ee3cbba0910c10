import type { Digest } from '../../../manifests/digest.ts';
import type { Asked } from '../call-of-answer.ts';
import type { Endpoint } from '../client-pool.ts';
import type { CollectedBatches } from './step-batches.ts';
import { customIdOf } from './custom-id.ts';

/** Says that a cell can't be made yet, since its request waits for others or for a batch at the provider. No failure. */
export class DeferredRequestError extends Error {
  override readonly name = 'DeferredRequestError';
}

export interface DeferredRequest {
  readonly customId: string;
  readonly id: string;
  readonly cellKey: Digest;
  readonly asked: Asked;
  readonly endpoint: Endpoint;
  readonly attempt: number;
}

/** The requests of a step partition that aren't sent one by one. */
export interface DeferredRequests {
  /** Throws `DeferredRequestError` where the request goes, or went, with a batch; else it is to be sent at once. */
  add(request: Omit<DeferredRequest, 'customId'>): void;
  readonly all: readonly DeferredRequest[];
  /** Some wait for a batch that is at the provider already. */
  readonly someAreSent: boolean;
}

/** `collects` is false where new requests go out at once. */
export function deferredRequests({ waiting, refused }: CollectedBatches, collects: boolean): DeferredRequests {
  const all = new Map<string, DeferredRequest>();
  let someAreSent = false;
  return {
    add(request) {
      const customId = customIdOf(request.id, request.asked.requestKey);
      if (waiting.has(customId)) someAreSent = true;
      // The Batch API has no endpoint for audio.
      else if (collects && !refused.has(customId) && request.asked.request.endpoint !== 'audio/transcriptions')
        all.set(customId, { ...request, customId });
      else return;
      throw new DeferredRequestError('The request waits for a batch.');
    },
    get all() {
      return [...all.values()];
    },
    get someAreSent() {
      return someAreSent;
    },
  };
}
