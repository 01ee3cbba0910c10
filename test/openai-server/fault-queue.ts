import { batchesPath } from './batch/batches-endpoint.ts';
import { chatPath } from './chat-endpoint.ts';
import { batchFaults, chatFaults, transportFaults, type Fault, type FaultRule } from './fault.ts';
import { matches } from './request-filter.ts';
import type { ServedRequest } from './served-request.ts';

interface Queued {
  readonly rule: FaultRule;
  left: number;
  seen: number;
}

/** Rules in the order they were given; the first that hits a request decides, and the others don't count it. */
export class FaultQueue {
  #queue: Queued[] = [];

  add(rule: FaultRule): void {
    const left = rule.times ?? (rule.every === undefined ? 1 : Infinity);
    this.#queue.push({ rule, left, seen: 0 });
  }

  take(request: ServedRequest): Fault | null {
    for (const queued of this.#queue) {
      const { rule } = queued;
      if (!canHappen(rule.fault.kind, request)) continue;
      if (!matches(rule, request)) continue;
      queued.seen += 1;
      const place = queued.seen - (rule.skip ?? 0);
      if (place <= 0 || place % (rule.every ?? 1) !== 0) continue;
      queued.left -= 1;
      if (queued.left <= 0) this.#queue = this.#queue.filter((other) => other !== queued);
      return rule.fault;
    }
    return null;
  }

  /** Rules that still wait for a request. */
  get pending(): FaultRule[] {
    return this.#queue.map(({ rule }) => rule);
  }

  clear(): void {
    this.#queue = [];
  }
}

function canHappen(kind: Fault['kind'], { path, method, batch }: ServedRequest): boolean {
  if (chatFaults.has(kind)) return path === chatPath;
  if (batchFaults.has(kind)) return path === batchesPath && method === 'POST';
  return batch === undefined || !transportFaults.has(kind);
}
