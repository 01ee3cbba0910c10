import { WorkflowFailedError } from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
} from '@temporalio/common';
import type { RunFailure } from '../activities/run-failure.ts';
import { readSpending, type Spending } from '../activities/run-spending.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { formatCost, plural } from './terminal/format-number.ts';

/** A run that ended without a version. What it had computed is reused by the next. */
export class RunFailedError extends GettokError {
  override readonly name = 'RunFailedError';
}

/** A run that was stopped on purpose. */
export class RunCancelledError extends GettokError {
  override readonly name = 'RunCancelledError';
}

/** The command that goes on after a run, with these options in place of its own. */
export type GoOnCommand = (options?: string) => string;

/**
 * What ended a run, in the words of the activity that failed, which left them under `runs/`, since Temporal's own history
 * may not hold them; with what the run has paid, and the command that goes on as it is typed here.
 */
export async function explainFailure(
  store: ObjectStore,
  run: string,
  error: unknown,
  goOn: GoOnCommand,
): Promise<unknown> {
  if (!(error instanceof WorkflowFailedError)) return error;
  const failure = rootOf(error.cause);
  const paid = paidText(await readSpending(store, run).catch(() => null));
  if (failure instanceof CancelledFailure || failure instanceof TerminatedFailure) {
    const ended = failure instanceof CancelledFailure ? 'cancelled' : 'terminated in Temporal';
    return new RunCancelledError(
      `The run ${run} was ${ended}.${paid} What it computed is kept.\nGo on from there:  ${goOn()}`,
    );
  }
  const key = failure instanceof ApplicationFailure ? failure.details?.[0] : undefined;
  const stored = typeof key === 'string' ? await store.get(key) : null;
  if (!stored) return new RunFailedError(`The run ${run} failed: ${failure?.message ?? 'no reason was given'}.${paid}`);
  const { name, message, unexpected } = JSON.parse(stored.bytes.toString('utf8')) as RunFailure;
  if (unexpected)
    return new RunFailedError(
      `The run ${run} failed by a defect of GET-Tok or of its surroundings.${paid} What it computed is kept:  ` +
        `${goOn()}  goes on from there.\n${message}`,
    );
  const [what, ...next] = withCommand(message, goOn).split('\n');
  // Of a budget the message says it itself, with what was set aside.
  return new RunFailedError([`${what}${name === 'BudgetExhaustedError' ? '' : paid}`, ...next].join('\n'));
}

/** Activities don't know how the run was started: what they call `gettok run` is that command. */
const withCommand = (message: string, goOn: GoOnCommand): string =>
  message.replaceAll(/\bgettok run\b(?: (--(?:max-usd|max-failures|retry) \S+))?/g, (_all, options?: string) =>
    goOn(options),
  );

function paidText(paid: Spending | null): string {
  if (paid === null || paid.calls === 0) return '';
  return ` This run has paid ${formatCost(paid.costNanoUsd)} for ${plural(paid.calls, 'call')}.`;
}

function rootOf(failure: Error | undefined): Error | undefined {
  if ((failure instanceof ChildWorkflowFailure || failure instanceof ActivityFailure) && failure.cause)
    return rootOf(failure.cause);
  return failure;
}
