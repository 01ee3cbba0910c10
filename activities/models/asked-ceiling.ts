import { SPEECH_WAV } from '../ffmpeg/speech-wav.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { PriceTable } from '../../datasets/prices/price-table.ts';
import { requestCeiling } from '../../datasets/prices/request-ceiling.ts';
import type { PlannedStep } from '../../datasets/plan/run-plan.ts';
import { UnknownCeilingError } from './budget/unknown-ceiling-error.ts';
import type { Asked } from './call-of-answer.ts';
import type { ModelRequest } from './model-calls.ts';

export interface AskedCeilingOptions {
  readonly step: Pick<PlannedStep, 'name'>;
  readonly asked: Asked;
  readonly blobs: BlobStore;
  readonly prices: PriceTable;
  readonly batch: boolean;
}

/** The most that a request can cost, in nano-dollars; throws `UnknownCeilingError` where that can't be known. */
export async function askedCeiling({ step, asked, blobs, prices, batch }: AskedCeilingOptions): Promise<bigint> {
  const { endpoint, body } = asked.request;
  const request = { endpoint, body, ...(await audioSize(asked.request, blobs)) };
  const ceiling = await requestCeiling(asked.model, request, { prices, batch });
  if (ceiling === null) throw new UnknownCeilingError(step.name, asked.model);
  return ceiling;
}

async function audioSize(request: ModelRequest, blobs: BlobStore): Promise<{ readonly audioByteLength?: number }> {
  if (request.endpoint !== 'audio/transcriptions') return {};
  const { audio, part } = request;
  if (part === undefined) return { audioByteLength: await blobs.byteLength(audio) };
  return { audioByteLength: SPEECH_WAV.headerBytes + (part.toSample - part.fromSample) * SPEECH_WAV.bytesPerSample };
}
