import { GettokError } from '../../manifests/gettok-error.ts';
import { SERVICE_TITLES, type ServiceName } from './service-name.ts';

/** A service can't be started here; `reason` says why and, where one is known, the command that mends it. */
export class ServiceStartError extends GettokError {
  override readonly name = 'ServiceStartError';
  readonly service: ServiceName;
  readonly reason: string;
  constructor(service: ServiceName, reason: string) {
    super(`${SERVICE_TITLES[service]} could not be started: ${reason}`);
    this.service = service;
    this.reason = reason;
  }
}

/** The process that runs the services of a project did not come up, or doesn't answer. */
export class SupervisorError extends GettokError {
  override readonly name = 'SupervisorError';
  constructor(reason: string, log: string) {
    super(
      `The services of this project can't be used: ${reason}. Its log is ${log}. Start afresh with:  gettok down && gettok up`,
    );
  }
}

/** An S3 server that was configured from outside can't be used. */
export class StoreUnreachableError extends GettokError {
  override readonly name = 'StoreUnreachableError';
  readonly endpoint: string;
  constructor(endpoint: string, reason: string) {
    super(
      `The S3 server at ${endpoint} can't be used: ${reason}. Check GETTOK_S3_ENDPOINT, GETTOK_S3_ACCESS_KEY and GETTOK_S3_SECRET_KEY (gettok config shows what is in force), or unset GETTOK_S3_ENDPOINT to use GET-Tok's own.`,
    );
    this.endpoint = endpoint;
  }
}

/** A Temporal that was configured from outside can't be used. */
export class TemporalUnreachableError extends GettokError {
  override readonly name = 'TemporalUnreachableError';
  readonly address: string;
  constructor(address: string, reason: string) {
    super(
      `Temporal at ${address} can't be used: ${reason}. Check TEMPORAL_ADDRESS and its family (gettok config shows what is in force), or unset them to use GET-Tok's own.`,
    );
    this.address = address;
  }
}
