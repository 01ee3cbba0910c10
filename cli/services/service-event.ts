import type { ServiceName } from './service-name.ts';

/** Something happened to a service; written to the supervisor's log and sent to every command that listens. */
export interface ServiceEvent {
  readonly at: string;
  readonly service: ServiceName | 'supervisor';
  readonly kind: 'starting' | 'ready' | 'died' | 'recovered' | 'stopping' | 'stopped';
  /** One sentence for a person. */
  readonly message: string;
}
