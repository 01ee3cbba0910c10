import { canHappen, type Fault, type FaultRule } from './fault.ts';
import { matches, type FilteredRequest } from './request-filter.ts';
import { seededRandom, type SeededRandom } from './seeded-random.ts';

interface Queued {
  readonly rule: FaultRule;
  readonly random: SeededRandom;
  left: number;
  seen: number;
}

/** Rules in the order they were given; the first that hits a request decides, and the others don't count it. */
export class FaultQueue {
  #queue: Queued[] = [];

  add(rule: FaultRule): void {
    const { times = rule.every === undefined && rule.probability === undefined ? 1 : 'always' } = rule;
    const left = times === 'always' ? Infinity : times;
    this.#queue.push({ rule, random: seededRandom(rule.seed ?? 1), left, seen: 0 });
  }

  take(request: FilteredRequest): Fault | null {
    for (const queued of this.#queue) {
      const { rule } = queued;
      if (!canHappen(rule.fault.kind, request) || !matches(rule, request)) continue;
      queued.seen += 1;
      const place = queued.seen - (rule.skip ?? 0);
      if (place <= 0 || place % (rule.every ?? 1) !== 0) continue;
      if (rule.probability !== undefined && !queued.random.chance(rule.probability)) continue;
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
