import type { Call } from '../../datasets/call.ts';
import { isProviderCall } from '../../datasets/step-result.ts';
import type { PaceKeeper } from './pace/pace-keeper.ts';

/** What a run has paid for one step of one partition so far, and what of it the provider holds back at present. */
export interface Asking {
  readonly calls: number;
  /** Billionths of a US dollar as decimal text; calls without a known price are not in it. */
  readonly costNanoUsd: string;
  /** Requests that a limit of the provider, or its last failure, keeps from being sent. */
  readonly waiting: number;
  /** Until when the provider asked to be left alone, in epoch milliseconds; null when it didn't. */
  readonly pausedUntilMs: number | null;
}

export const NOTHING_ASKED: Asking = { calls: 0, costNanoUsd: '0', waiting: 0, pausedUntilMs: null };

/** Counts for whoever looks at a run while it works. */
export interface StepMeter {
  /** Counts a call, unless an earlier run has paid for it. */
  note(call: Call): void;
  /** Counts a request as one that waits for its turn. */
  inLine<T>(pace: PaceKeeper, turn: Promise<T>): Promise<T>;
  /** Counts a request as one that waits for its next try. */
  betweenTries(wait: Promise<void>): Promise<void>;
  readonly asking: Asking;
}

/** A call is the run's own when it began after `startedAt`, epoch milliseconds as decimal text. */
export const isPaidSince = (startedAt: string) => {
  const since = BigInt(startedAt);
  return (call: Call): boolean => (call.started_ms ?? 0n) >= since;
};

export function createStepMeter(startedAt: string): StepMeter {
  const isOurs = isPaidSince(startedAt);
  const paces = new Set<PaceKeeper>();
  let calls = 0;
  let cost = 0n;
  let inLine = 0;
  let betweenTries = 0;

  return {
    note(call) {
      if (!isProviderCall(call) || !isOurs(call)) return;
      calls += 1;
      cost += call.cost_nano_usd ?? 0n;
    },
    async inLine(pace, turn) {
      paces.add(pace);
      inLine += 1;
      return turn.finally(() => (inLine -= 1));
    },
    async betweenTries(wait) {
      betweenTries += 1;
      return wait.finally(() => (betweenTries -= 1));
    },
    get asking() {
      const states = [...paces].map(({ state }) => state);
      // Who waits only for one of our own slots is at work as far as anybody can be.
      const held = states.some(({ heldByTime }) => heldByTime) ? inLine : 0;
      const pauses = states.flatMap(({ pausedUntilMs }) => pausedUntilMs ?? []);
      return {
        calls,
        costNanoUsd: String(cost),
        waiting: betweenTries + held,
        pausedUntilMs: pauses.length === 0 ? null : Math.round(Math.max(...pauses)),
      };
    },
  };
}
