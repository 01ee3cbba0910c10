import type { CallTotals, CollectionState, PartitionRecord, PartitionSnapshot } from '../manifests/manifest.ts';
import type { Call } from './call.ts';

/** What a run has of one step for one partition, kept under `runs/` until the version is committed. */
export interface StepResult {
  readonly snapshot: PartitionSnapshot;
  readonly record: PartitionRecord;
  readonly work: Work;
}

export interface Work {
  readonly computed: number;
  readonly reused: number;
  readonly paid: CallTotals;
}

/** All partitions of a source step. */
export interface SourceResult {
  readonly partitions: { readonly [partition: string]: SourcePartition };
  /** Only of a source that asks an API. */
  readonly collection?: CollectionState | undefined;
  /** Objects of its journal that are needed no more once this is in a version. */
  readonly journal?: readonly string[] | undefined;
}

export interface SourcePartition extends StepResult {
  /** Partitions of the parent in which some of these rows were: their earlier cells are there. */
  readonly movedFrom?: readonly string[];
}

export const NO_CALLS: CallTotals = {
  calls: 0,
  input_tokens: '0',
  output_tokens: '0',
  cost_nano_usd: '0',
  unpriced_calls: 0,
};

export const addCalls = (a: CallTotals, b: CallTotals): CallTotals => ({
  calls: a.calls + b.calls,
  input_tokens: String(BigInt(a.input_tokens) + BigInt(b.input_tokens)),
  output_tokens: String(BigInt(a.output_tokens) + BigInt(b.output_tokens)),
  cost_nano_usd: String(BigInt(a.cost_nano_usd) + BigInt(b.cost_nano_usd)),
  unpriced_calls: a.unpriced_calls + b.unpriced_calls,
});

/** Calls to somebody's models; what a baseline or this machine's own engine makes is no call that anybody pays. */
export const isProviderCall = (call: Call): boolean => call.provider === 'openai';

export function totalOfCalls(calls: Iterable<Call>): CallTotals {
  let count = 0;
  let inputTokens = 0n;
  let outputTokens = 0n;
  let cost = 0n;
  let unpriced = 0;
  for (const call of calls) {
    if (!isProviderCall(call)) continue;
    count += 1;
    inputTokens += call.input_tokens ?? 0n;
    outputTokens += call.output_tokens ?? 0n;
    cost += call.cost_nano_usd ?? 0n;
    if (call.cost_nano_usd === null) unpriced += 1;
  }
  return {
    calls: count,
    input_tokens: String(inputTokens),
    output_tokens: String(outputTokens),
    cost_nano_usd: String(cost),
    unpriced_calls: unpriced,
  };
}
