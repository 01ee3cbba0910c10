import { SETTINGS } from '../settings.ts';
import type { EnsureRequest } from './control-protocol.ts';
import type { Launch } from './launch.ts';
import { ServiceStartError } from './service-errors.ts';
import type { LocalServices } from './services.ts';

/** The worker prints it when it takes work. */
const READY_LINE = 'gettok worker ready';

const CONFIGURED: ReadonlySet<string> = new Set(Object.values(SETTINGS).map(({ variable }) => variable));
const isTemporals = (name: string) => name.startsWith('TEMPORAL_');

/**
 * The local worker: it inherits the environment of the command that started the supervisor, then the configuration of the
 * command that asked last, then the addresses of what runs here.
 */
export function launchWorker(
  project: string,
  environment: Record<string, string>,
  { command: [command, ...args], variables }: EnsureRequest['worker'],
  local: LocalServices,
): Launch {
  if (command === undefined) throw new ServiceStartError('worker', 'no command has said how');
  // Settings are the asking command's alone: one it doesn't have must not come back from the command that started all this.
  const inherited = Object.entries(environment).filter(([name]) => !CONFIGURED.has(name) && !isTemporals(name));
  // With a Temporal of ours, TLS or a profile meant for another one would keep the worker from it.
  const given = Object.entries(variables).filter(([name]) => !(local.temporal && isTemporals(name)));
  return {
    command,
    args,
    environment: {
      ...Object.fromEntries(inherited),
      ...Object.fromEntries(given),
      GETTOK_PROJECT: project,
      ...(local.s3 && {
        GETTOK_S3_ENDPOINT: local.s3.endpoint,
        GETTOK_S3_ACCESS_KEY: local.s3.accessKey,
        GETTOK_S3_SECRET_KEY: local.s3.secretKey,
        GETTOK_S3_BUCKET: local.s3.bucket,
        GETTOK_S3_REGION: local.s3.region,
      }),
      ...(local.temporal && {
        TEMPORAL_ADDRESS: local.temporal.address,
        TEMPORAL_NAMESPACE: local.temporal.namespace,
      }),
      ...(local.speech && { GETTOK_SPEECH_BASE_URL: local.speech.baseUrl }),
    },
    readyLine: READY_LINE,
  };
}
