import type { ServiceName } from './service-name.ts';

/** How to run a service once. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly environment: Record<string, string>;
  /** A line on its standard output that says it is ready; without one, `probe` says it. */
  readonly readyLine?: string;
  /** Throws until the service answers. */
  readonly probe?: () => Promise<void>;
}

/** A service as the supervisor runs it. */
export interface Service {
  readonly name: ServiceName;
  /** So long may it take to end by itself after SIGTERM. */
  readonly graceMs: number;
  /** Called before every start: ports may have been taken meanwhile. Throws a ServiceStartError when it can't be run. */
  prepare(): Promise<Launch>;
}
