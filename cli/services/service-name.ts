/** What the supervisor can run. */
export type ServiceName = 'store' | 'temporal' | 'worker' | 'speech';

/** As a person reads them. */
export const SERVICE_TITLES: Readonly<Record<ServiceName, string>> = {
  store: 'MinIO',
  temporal: 'Temporal',
  worker: 'worker',
  speech: 'speech',
};
