import type { CoveredDays, Coverage } from '../../datasets/coverage.ts';
import { addDays, dayOfMs, daysOf, startMs, type UtcDay } from './utc-day.ts';

type Status = Pick<CoveredDays, 'status' | 'why'>;

export interface Stretch {
  readonly first: UtcDay;
  readonly last: UtcDay;
}

interface Period {
  readonly from: UtcDay;
  readonly to: UtcDay;
  readonly startedAtMs: number;
  /** So many days after its end a day may still get videos. */
  readonly lagDays: number;
  readonly earlier: Coverage | null;
  readonly refresh: boolean;
}

const DAY_MS = 86_400_000;
const COMPLETE: Status = { status: 'complete' };

/** What is known of each day of a period: what an earlier version has of it, and what this run finds out. */
export class DayLedger {
  /** The day on which the run began: the last that can be asked for. */
  readonly today: UtcDay;
  readonly #days: readonly UtcDay[];
  readonly #settledBeforeMs: number;
  readonly #had: ReadonlySet<UtcDay>;
  readonly #asked: ReadonlySet<UtcDay>;
  readonly #found = new Map<UtcDay, Status>();

  constructor({ from, to, startedAtMs, lagDays, earlier, refresh }: Period) {
    this.today = dayOfMs(startedAtMs);
    this.#days = daysOf(from, to);
    this.#settledBeforeMs = startedAtMs - lagDays * DAY_MS;
    this.#had = completeDaysOf(earlier);
    this.#asked = new Set(this.#days.filter((day) => day <= this.today && (refresh || !this.#had.has(day))));
  }

  /** Days to ask for, those that follow each other together. */
  stretches(): readonly Stretch[] {
    const stretches: Stretch[] = [];
    for (const day of this.#days) {
      if (!this.#asked.has(day)) continue;
      const before = stretches.at(-1);
      if (before !== undefined && addDays(before.last, 1) === day)
        stretches[stretches.length - 1] = { ...before, last: day };
      else stretches.push({ first: day, last: day });
    }
    return stretches;
  }

  asks = (day: UtcDay): boolean => this.#asked.has(day);

  /** Whether a day may still get videos: the API has them about two days late. */
  isRecent = (day: UtcDay): boolean => startMs(day) + DAY_MS > this.#settledBeforeMs;

  complete(day: UtcDay): void {
    this.#found.set(day, this.isRecent(day) ? { status: 'partial', why: 'recent' } : COMPLETE);
  }

  partial(day: UtcDay, why: string): void {
    this.#found.set(day, { status: 'partial', why });
  }

  /** Days that nothing was found out of: part of them may have been seen. */
  leave(first: UtcDay, last: UtcDay, why: string, seen: boolean): void {
    for (const day of daysOf(first, last))
      if (!this.#found.has(day)) this.#found.set(day, { status: seen ? 'partial' : 'not_asked', why });
  }

  /** Whether this run was given all that the API has of a day. */
  isCompleteNow = (day: UtcDay): boolean => this.#found.get(day)?.status === 'complete';

  coverage(): Coverage {
    const days: CoveredDays[] = [];
    const counts = { complete: 0, partial: new Map<string, number>(), not_asked: new Map<string, number>() };
    for (const day of this.#days) {
      const { status, why } = this.#statusOf(day);
      if (status === 'complete') counts.complete += 1;
      else counts[status].set(why ?? '', (counts[status].get(why ?? '') ?? 0) + 1);
      const before = days.at(-1);
      if (before?.status === status && before.why === why) days[days.length - 1] = { ...before, to: day };
      else days.push({ from: day, to: day, status, ...(why !== undefined && { why }) });
    }
    return {
      of: 'day',
      complete: counts.complete,
      partial: Object.fromEntries(counts.partial),
      not_asked: Object.fromEntries(counts.not_asked),
      days,
    };
  }

  /** A day that an earlier version has whole stays so, whatever became of asking for it again: its rows are kept. */
  #statusOf(day: UtcDay): Status {
    if (this.#had.has(day)) return COMPLETE;
    return this.#found.get(day) ?? { status: 'not_asked', why: day > this.today ? 'future' : 'not_reached' };
  }
}

export const completeDaysOf = (coverage: Coverage | null): ReadonlySet<UtcDay> =>
  new Set((coverage?.days ?? []).flatMap(({ from, to, status }) => (status === 'complete' ? daysOf(from, to) : [])));
