import { z } from 'zod';
import type { ServiceEvent } from './service-event.ts';
import type { ServiceName } from './service-name.ts';
import type { LocalServices } from './services.ts';

/** What a command asks of the supervisor. Kept in memory only: it holds the person's keys. */
export const ensureRequest = z.strictObject({
  /** What is to run here; services configured from outside are not among them. */
  need: z.array(z.enum(['store', 'temporal', 'worker', 'speech'])),
  /** Until `gettok down`, however idle. */
  keep: z.boolean(),
  bucket: z.string(),
  worker: z.strictObject({
    /** Program and arguments of the worker. */
    command: z.array(z.string()).min(1),
    /** Its configuration as environment variables. */
    variables: z.record(z.string(), z.string()),
  }),
});

export type EnsureRequest = z.infer<typeof ensureRequest>;

/** One line of the answer: events as they happen, one `ready` or `failed` (by a service, or by a defect), then events for as long as one listens. */
export type EnsureMessage =
  | { readonly type: 'event'; readonly event: ServiceEvent }
  | { readonly type: 'ready'; readonly services: LocalServices }
  | { readonly type: 'failed'; readonly service: ServiceName | null; readonly reason: string };

export const ENSURE_PATH = '/ensure';
export const STOP_PATH = '/stop';
