import { type Digest, digestOf } from '../../manifests/digest.ts';
import type { Model } from '../../datasets/step-kind.ts';
import type { ModelRequest, SpeechRequest } from './model-calls.ts';

/**
 * What is paid for: endpoint kind, model and the exact request. Where it is sent and with which key don't count, so that
 * a server that moved, or an account that changed, re-pays nothing. The first of several repeats is the request without
 * repeats, so that more repeats pay for those that are new.
 */
export const requestKey = ({ provider, model, weights }: Model, request: ModelRequest): Digest =>
  digestOf('request', {
    provider,
    endpoint: request.endpoint,
    model,
    ...(weights === undefined ? {} : { weights }),
    body: request.body,
    ...(request.endpoint === 'audio/transcriptions' ? audioKey(request) : {}),
    ...(request.endpoint === 'chat/completions' && (request.repeat ?? 1) > 1 ? { repeat: request.repeat ?? 1 } : {}),
  });

const audioKey = ({ audio, part }: SpeechRequest) => ({
  audio,
  ...(part === undefined ? {} : { part: { from_sample: part.fromSample, to_sample: part.toSample } }),
});
