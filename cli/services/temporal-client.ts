import type { Connection } from '@temporalio/client';
import type { TemporalService } from './services.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** Throws unless Temporal answers for the namespace. */
export async function probeTemporal(service: TemporalService): Promise<void> {
  await withConnection(service, async (connection) => {
    await connection.workflowService.describeNamespace({ namespace: service.namespace });
  });
}

/** How many workflows run in the namespace. */
export async function countRunningWorkflows(service: TemporalService): Promise<number> {
  const query = 'ExecutionStatus = "Running"';
  const { namespace } = service;
  return withConnection(service, async (connection) =>
    Number((await connection.workflowService.countWorkflowExecutions({ namespace, query })).count),
  );
}

async function withConnection<T>(
  { address, connection: options }: TemporalService,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  // Loading the client takes a third of a second: only who asks pays for it.
  const temporal = await import('@temporalio/client');
  const connection = await temporal.Connection.connect({ address, ...options, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    return await connection.withDeadline(Date.now() + CONNECT_TIMEOUT_MS, () => use(connection));
  } finally {
    await connection.close();
  }
}
