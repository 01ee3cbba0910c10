import type { GettokError } from '../../../manifests/gettok-error.ts';
import type { Endpoint } from '../client-pool.ts';
import { noCredit } from '../model-access-error.ts';
import { BatchRefusedError } from './batch-error.ts';
import type { BatchProblem, BatchState } from './batch-state.ts';

/** What a batch with the status `failed` means. None of its lines was answered or charged. */
export type BatchFailure =
  /** It passes, above all when other batches are done: the limit on tokens waiting in batches is reached. */
  | { readonly kind: 'later'; readonly reason: string }
  /** It is about these lines of its file, counted from 1; the others may be sent again. */
  | { readonly kind: 'lines'; readonly problems: readonly (BatchProblem & { readonly line: number })[] }
  /** It is about the account, or about the batch as we make it. */
  | { readonly kind: 'run'; readonly error: GettokError };

const NO_CREDIT: readonly unknown[] = ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active'];
const LATER: readonly unknown[] = ['token_limit_exceeded', 'rate_limit_exceeded', 'server_error', 'internal_error'];
const LIMIT = /enqueued token limit/i;

export function whyBatchFailed({ problems, id }: BatchState, endpoint: Endpoint): BatchFailure {
  const credit = problems.find(({ code }) => NO_CREDIT.includes(code));
  if (credit)
    return { kind: 'run', error: noCredit(endpoint.name, endpoint.keyVariable, 402, credit.code ?? 'no credit') };
  const passing = problems.find(({ code, message }) => LATER.includes(code) || LIMIT.test(message));
  const reasonOf = ({ code, message }: BatchProblem) =>
    endpoint
      .redact(code === null ? message : `${code}: ${message}`)
      .toWellFormed()
      .slice(0, 500);
  if (passing) return { kind: 'later', reason: reasonOf(passing) };
  const lines = problems
    .filter((problem) => problem.line !== null)
    .map((problem) => ({ ...problem, line: problem.line ?? 0 }));
  if (lines.length > 0 && lines.length === problems.length) return { kind: 'lines', problems: lines };
  const [first] = problems;
  return {
    kind: 'run',
    error: new BatchRefusedError(endpoint.name, first ? reasonOf(first) : `no reason given (${id}).`),
  };
}
