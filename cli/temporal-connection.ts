import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Setting } from './settings.ts';

/** A Temporal that was configured from outside. */
export interface TemporalConnection {
  readonly address: Setting;
  readonly namespace: Setting;
  /** TLS, API key and metadata for `Connection.connect`; a function, so that printing a configuration shows no key. */
  options(): Omit<ClientConnectConfig['connectionOptions'], 'address'>;
}

interface TemporalSettings {
  readonly address: Setting | undefined;
  readonly namespace: Setting | undefined;
}

/** The Temporal environment names a profile or file that can't be used. */
export class TemporalConfigurationError extends GettokError {
  override readonly name = 'TemporalConfigurationError';
  constructor(reason: string) {
    super(
      `Temporal's configuration can't be used: ${reason}. Set TEMPORAL_ADDRESS, or unset the TEMPORAL_… variables to use GET-Tok's own Temporal.`,
    );
  }
}

/**
 * Whether a Temporal was asked for: by an address, or by naming a profile or a file of Temporal's own. The default profile
 * alone doesn't count, since somebody who once set it up for other work didn't mean it for this project.
 */
export const isTemporalConfigured = ({ address }: TemporalSettings, variables: Record<string, string>): boolean =>
  Boolean(address ?? variables['TEMPORAL_PROFILE'] ?? variables['TEMPORAL_CONFIG_FILE']);

export function temporalConnection(settings: TemporalSettings, variables: Record<string, string>): TemporalConnection {
  const profile = variables['TEMPORAL_PROFILE'] ?? variables['TEMPORAL_CONFIG_FILE'];
  const { connectionOptions, namespace } = load(variables, profile !== undefined);
  const { address, apiKey, tls, metadata } = connectionOptions;
  const from = profile ?? 'default';
  // An address in a flag or the environment is the more particular one; envconfig sees only the environment.
  const found = settings.address ?? (address ? { value: address, from } : undefined);
  if (!found) throw new TemporalConfigurationError(`the profile ${profile} names no address`);
  const chosen = settings.namespace?.from === 'default' ? undefined : settings.namespace;
  return {
    address: found,
    namespace: chosen ?? { value: namespace ?? 'default', from: namespace ? from : 'default' },
    options: () => ({ ...(apiKey && { apiKey }), ...(tls && { tls }), ...(metadata && { metadata }) }),
  };
}

function load(variables: Record<string, string>, useFile: boolean): ClientConnectConfig {
  try {
    return loadClientConnectConfig({ overrideEnvVars: variables, disableFile: !useFile });
  } catch (error) {
    throw new TemporalConfigurationError(error instanceof Error ? error.message : String(error));
  }
}
