import { DefaultLogger } from '@temporalio/worker';

/** Warnings and errors of the Temporal SDK, on stderr; the rest is noise to whoever reads the worker's log. */
export const quietLogger = new DefaultLogger('WARN', ({ level, message, meta }) => {
  const about = meta?.['error'] instanceof Error ? `: ${meta['error'].message}` : '';
  process.stderr.write(`${level} ${message}${about}\n`);
});
