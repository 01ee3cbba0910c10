import type { BlobStore } from '../../manifests/blob-store.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { CellValue } from '../../datasets/column-type.ts';
import type { PlannedStep } from '../../datasets/plan/run-plan.ts';
import { type CellTools, failed, type StepKind } from '../step-kind.ts';
import type { ModelCalls, ModelRequest } from './model-calls.ts';
import { requestKey } from './request-key.ts';
import { readAnswer } from './usable-answer.ts';

/** A request as the step kind makes it today from recorded parameters and inputs. */
export interface RenderedRequest {
  readonly request: ModelRequest;
  /** Equal to a recorded one: these are the very bytes that were asked. */
  readonly key: Digest;
}

export interface Replay {
  readonly requests: readonly RenderedRequest[];
  /** Why there may be more that can't be shown; null when these are all. */
  readonly stopped: string | null;
}

/**
 * Makes a cell again with the answers that it was given, and notes what it asks: also a second request that only the first
 * answer led to. Nothing is sent. `answersTo` gives the raw answers to a request, the newest last.
 */
export async function replayRequests(
  kind: StepKind,
  { params, tuning }: Pick<PlannedStep, 'params' | 'tuning'>,
  inputs: { readonly [role: string]: CellValue },
  { blobs, answersTo }: { readonly blobs: BlobStore; readonly answersTo: (key: Digest) => readonly Buffer[] },
): Promise<Replay> {
  const requests = new Map<Digest, RenderedRequest>();
  const models: ModelCalls = {
    async ask(model, request, _limits, isUsable = () => true) {
      const key = requestKey(model, request);
      requests.set(key, { request, key });
      const reads = answersTo(key).map((bytes) => readAnswer(bytes, request.endpoint));
      const usable = reads.flatMap((read) => (read.kind === 'usable' ? [read] : []));
      return usable.findLast(({ body }) => isUsable(body)) ?? usable.at(-1) ?? failed('not_asked');
    },
    note: () => {},
  };
  // Reading is all that happens here: who takes a program such as ffmpeg gets undefined, and the replay ends there.
  const tools = { id: '', tuning, models, blobs, signal: new AbortController().signal } as unknown as CellTools;
  try {
    await kind.cell!(inputs, params, tools);
    return { requests: [...requests.values()], stopped: null };
  } catch (error) {
    return { requests: [...requests.values()], stopped: error instanceof Error ? error.message : String(error) };
  }
}
