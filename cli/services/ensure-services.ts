import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { codeDigest } from '../code-digest.ts';
import type { Configuration } from '../configuration.ts';
import { askSupervisor, type ControlAnswer } from './control-client.ts';
import { ENSURE_PATH, type EnsureRequest } from './control-protocol.ts';
import { configuredServices } from './configured-services.ts';
import { ServiceStartError, SupervisorError } from './service-errors.ts';
import type { ServiceEvent } from './service-event.ts';
import { logPath } from './service-log.ts';
import type { ServiceName } from './service-name.ts';
import type { LocalServices, S3Service, SpeechService, TemporalService } from './services.ts';
import { findOrStartSupervisor } from './start-supervisor.ts';

const IDLE_MS = 10 * 60_000;
const READY_TIMEOUT_MS = 120_000;
const ASK_AGAIN_MS = 50;

export interface EnsureOptions {
  readonly need: readonly ServiceName[];
  /** Hears what happens to the services, while they start and as long as this process lives. */
  readonly onEvent?: (event: ServiceEvent) => void;
  /** Variables the worker must have besides the settings, such as a model's `api_key_env`. */
  readonly variables?: readonly string[];
  /** `gettok up`: no idle stop. */
  readonly keep?: boolean;
  /** For tests: another worker, another patience. */
  readonly workerCommand?: readonly string[];
  readonly idleMs?: number;
}

/** Addresses and credentials of services that answer. */
export interface Services {
  readonly s3: S3Service;
  readonly temporal: TemporalService;
  /** Undefined when no speech engine is installed here and none is configured. */
  readonly speech: SpeechService | undefined;
  /** Tells the supervisor that this process no longer uses the services; without it, its end does. */
  release(): void;
}

/**
 * Services that are configured from outside are used and not started; the others are run here, by a supervisor that outlives
 * this process. Resolves when all that is needed answers. Reading a service that was not needed throws a RangeError.
 *
 * Throws a ServiceStartError, a SupervisorError, a StoreUnreachableError or a TemporalUnreachableError.
 */
export async function ensureServices(configuration: Configuration, options: EnsureOptions): Promise<Services> {
  // A worker without the two would have nothing to do.
  const need = new Set(
    options.need.flatMap((name) => (name === 'worker' ? (['store', 'temporal', 'worker'] as const) : [name])),
  );
  const configured = await configuredServices(configuration, need);
  const here = [...need].filter((name) => !(name in configured.has));
  const local = here.length > 0 ? await runLocally(configuration, here, options) : null;
  return {
    get s3() {
      return present('store', configured.s3 ?? local?.services.s3);
    },
    get temporal() {
      return present('temporal', configured.temporal ?? local?.services.temporal);
    },
    speech: configured.speech ?? local?.services.speech,
    release: () => local?.answer.hangUp(),
  };
}

async function runLocally(configuration: Configuration, need: ServiceName[], options: EnsureOptions) {
  const project = configuration.project.value;
  const request: EnsureRequest = {
    need,
    keep: options.keep ?? false,
    bucket: configuration.s3.bucket.value,
    worker: {
      // Answers live for milliseconds: room for them spares the collector (5.8 s instead of 7.2 s for 10,000 instant ones).
      command: [...(options.workerCommand ?? [process.execPath, '--max-semi-space-size=64', mainScript, 'worker'])],
      variables: { ...configuration.workerVariables(options.variables), GETTOK_CODE: codeDigest() },
    },
  };
  const start = { environment: configuration.environment(), idleMs: options.idleMs ?? IDLE_MS };
  const deadline = Date.now() + READY_TIMEOUT_MS;
  const log = logPath(project, 'supervisor');
  while (Date.now() < deadline) {
    const { control } = await findOrStartSupervisor(project, start);
    const answer = await askSupervisor(control, ENSURE_PATH, request);
    const services = answer && (await untilReady(answer, { deadline, log, onEvent: options.onEvent }));
    if (services) {
      void hearOn(answer, options.onEvent);
      answer.release();
      return { services, answer };
    }
    // It was stopping, or was killed in the middle: the next round starts another.
    await sleep(ASK_AGAIN_MS);
  }
  throw new SupervisorError(`they were not ready in ${READY_TIMEOUT_MS / 1_000} s`, log);
}

const mainScript = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Null when the supervisor went away before it had an answer. */
async function untilReady(
  { messages, hangUp }: ControlAnswer,
  { deadline, log, onEvent }: { deadline: number; log: string; onEvent: EnsureOptions['onEvent'] },
): Promise<LocalServices | null> {
  const timer = setTimeout(hangUp, deadline - Date.now());
  try {
    for (let next = await messages.next(); !next.done; next = await messages.next()) {
      const message = next.value;
      if (message.type === 'event') onEvent?.(message.event);
      if (message.type === 'ready') return message.services;
      if (message.type === 'failed') {
        hangUp();
        throw message.service
          ? new ServiceStartError(message.service, message.reason)
          : new SupervisorError(message.reason, log);
      }
    }
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function hearOn({ messages }: ControlAnswer, onEvent: EnsureOptions['onEvent']): Promise<void> {
  for (let next = await messages.next(); !next.done; next = await messages.next()) {
    if (next.value.type === 'event') onEvent?.(next.value.event);
  }
}

function present<T>(name: ServiceName, service: T | undefined): T {
  if (service === undefined) throw new RangeError(`The service ${name} is used here, but was not asked for`);
  return service;
}
