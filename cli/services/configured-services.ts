import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration } from '../configuration.ts';
import { ensureBucket } from './ensure-bucket.ts';
import { StoreUnreachableError, TemporalUnreachableError } from './service-errors.ts';
import type { ServiceName } from './service-name.ts';
import type { S3Service, SpeechService, TemporalService } from './services.ts';
import { SUPERVISED_MARK } from './supervised-mark.ts';
import { probeTemporal } from './temporal-client.ts';

/** Our own services start at the same time as the worker that is configured with their addresses. */
const SUPERVISED_PATIENCE_MS = 30_000;
const TRY_AGAIN_MS = 50;

export interface ConfiguredServices {
  readonly has: Partial<Record<ServiceName, true>>;
  readonly s3?: S3Service;
  readonly temporal?: TemporalService;
  readonly speech?: SpeechService;
}

/**
 * The services which were configured from outside, of those that are needed. They are asked whether they answer, since here
 * one can still say which setting is wrong.
 */
export async function configuredServices(
  configuration: Configuration,
  need: ReadonlySet<ServiceName>,
): Promise<ConfiguredServices> {
  const s3 = need.has('store') ? configuredStore(configuration) : undefined;
  const temporal = need.has('temporal') ? configuredTemporal(configuration) : undefined;
  const speechUrl = need.has('speech') ? configuration.speech.baseUrl : undefined;
  const speech = speechUrl && { baseUrl: speechUrl.value, model: 'whisper-1' };
  const isSupervised = SUPERVISED_MARK in configuration.environment();
  const deadline = Date.now() + (isSupervised ? SUPERVISED_PATIENCE_MS : 0);
  await Promise.all([s3 && reachStore(s3, deadline), temporal && reachTemporal(temporal, deadline)]);
  return {
    has: { ...(s3 && { store: true }), ...(temporal && { temporal: true }), ...(speech && { speech: true }) },
    ...(s3 && { s3 }),
    ...(temporal && { temporal }),
    ...(speech && { speech }),
  };
}

/** Without asking it anything. Throws a StoreUnreachableError when a setting is missing. */
export function configuredStore({ s3 }: Configuration): S3Service | undefined {
  if (!s3.endpoint) return undefined;
  const endpoint = s3.endpoint.value;
  if (!URL.canParse(endpoint))
    throw new StoreUnreachableError(endpoint, 'that is no URL, such as https://s3.example.org');
  if (!s3.accessKey || !s3.secretKey) throw new StoreUnreachableError(endpoint, 'it has no access key and secret key');
  return {
    endpoint,
    accessKey: s3.accessKey.value.reveal(),
    secretKey: s3.secretKey.value.reveal(),
    bucket: s3.bucket.value,
    region: s3.region.value,
  };
}

const configuredTemporal = ({ temporal }: Configuration): TemporalService | undefined =>
  temporal && {
    address: temporal.address.value,
    namespace: temporal.namespace.value,
    connection: temporal.options(),
  };

const reachStore = (s3: S3Service, deadline: number): Promise<void> =>
  retry(
    () => ensureBucket(s3),
    deadline,
    (reason) => new StoreUnreachableError(s3.endpoint, reason),
  );

const reachTemporal = (temporal: TemporalService, deadline: number): Promise<void> =>
  retry(
    () => probeTemporal(temporal),
    deadline,
    (reason) => new TemporalUnreachableError(temporal.address, reason),
  );

async function retry(reach: () => Promise<void>, deadline: number, failed: (reason: string) => Error): Promise<void> {
  for (;;) {
    try {
      return await reach();
    } catch (error) {
      if (Date.now() >= deadline) throw failed(reasonOf(error));
      await sleep(TRY_AGAIN_MS);
    }
  }
}

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error);
