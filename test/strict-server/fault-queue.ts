import { seededRandom, type SeededRandom } from './seeded-random.ts';

/** Which of the requests that a rule is about it hits. Can be sent as JSON. */
export interface FaultSchedule {
  /** How many matching requests it hits: 1 unless said, always with `every` or `probability`. */
  readonly times?: number | 'always';
  /** How many matching requests pass first. */
  readonly skip?: number;
  /** Hits only each n-th matching request: 50 is 2 %. */
  readonly every?: number;
  /** Hits each matching request with this probability, by numbers that follow from `seed`. */
  readonly probability?: number;
  readonly seed?: number;
}

interface Queued<Rule> {
  readonly rule: Rule;
  readonly random: SeededRandom;
  left: number;
  seen: number;
}

/** Rules in the order they were given; the first that hits a request decides, and the others don't count it. */
export class FaultQueue<Rule extends FaultSchedule & { readonly fault: unknown }, Request> {
  readonly #isAbout: (rule: Rule, request: Request) => boolean;
  #queue: Queued<Rule>[] = [];

  constructor(isAbout: (rule: Rule, request: Request) => boolean) {
    this.#isAbout = isAbout;
  }

  add(rule: Rule): void {
    const { times = rule.every === undefined && rule.probability === undefined ? 1 : 'always' } = rule;
    const left = times === 'always' ? Infinity : times;
    this.#queue.push({ rule, random: seededRandom(rule.seed ?? 1), left, seen: 0 });
  }

  take(request: Request): Rule['fault'] | null {
    for (const queued of this.#queue) {
      const { rule } = queued;
      if (!this.#isAbout(rule, request)) continue;
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
  get pending(): Rule[] {
    return this.#queue.map(({ rule }) => rule);
  }

  clear(): void {
    this.#queue = [];
  }
}
