import type { CoveredDays, Coverage } from '../../datasets/coverage.ts';
import { addDays, dayOfMs, daysOf, startMs, type UtcDay } from './utc-day.ts';
import { LONGEST_WINDOW } from './window-length.ts';

type Status = Pick<CoveredDays, 'status' | 'why'>;

export interface Stretch {
  readonly first: UtcDay;
  readonly last: UtcDay;
  /** Last day of the window that it begins with, where an earlier run was cut in it: its recorded pages go by that name. */
  readonly open?: UtcDay;
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
const RECENT = 'recent';
/** What the asker says when `--max-requests` has ended the run. */
const CUT = 'max_requests';
/** All of the day is there, and it was to be observed again, and that came to nothing. */
const NOT_REFRESHED: Status = { status: 'partial', why: 'not_refreshed' };

/** What is known of each day of a period: what an earlier version has of it, and what this run finds out. */
export class DayLedger {
  /** The day on which the run began: the last that can be asked for. */
  readonly today: UtcDay;
  readonly #days: readonly UtcDay[];
  readonly #startedAtMs: number;
  readonly #lagMs: number;
  readonly #earlier: ReadonlyMap<UtcDay, Status>;
  /** Days of which an earlier version has all that there was, once. */
  readonly #whole: ReadonlySet<UtcDay>;
  readonly #asked: ReadonlySet<UtcDay>;
  readonly #open: CoveredDays | undefined;
  readonly #refresh: boolean;
  readonly #found = new Map<UtcDay, Status>();

  constructor({ from, to, startedAtMs, lagDays, earlier, refresh }: Period) {
    this.today = dayOfMs(startedAtMs);
    this.#days = daysOf(from, to);
    this.#startedAtMs = startedAtMs;
    this.#lagMs = lagDays * DAY_MS;
    this.#refresh = refresh;
    this.#earlier = statusOfDays(earlier);
    this.#whole = wholeDaysOf(earlier);
    const isAsked = (day: UtcDay) => refresh || this.#earlier.get(day)?.status !== 'complete';
    this.#asked = new Set(this.#days.filter((day) => day <= this.today && isAsked(day)));
    this.#open = refresh ? undefined : earlier?.days?.find(({ status, why }) => status === 'partial' && why === CUT);
  }

  /** Days to ask for, those that follow each other together; first those whose pages are recorded in part. */
  stretches(): readonly Stretch[] {
    const stretches: Stretch[] = [];
    for (const day of this.#days) {
      if (!this.#asked.has(day)) continue;
      const before = stretches.at(-1);
      if (this.#open?.from === day) stretches.push({ first: day, last: day, open: this.#open.to });
      else if (before !== undefined && addDays(before.last, 1) === day)
        stretches[stretches.length - 1] = { ...before, last: day };
      else stretches.push({ first: day, last: day });
    }
    return stretches.toSorted((a, b) => Number(b.open !== undefined) - Number(a.open !== undefined));
  }

  /** Whole days just before a stretch, as many as a window may have: what comes now may be alike. None where it failed before. */
  wholeBefore({ first, open }: Stretch): readonly UtcDay[] {
    if (open === undefined && this.#earlier.get(first)?.status === 'partial') return [];
    const days: UtcDay[] = [];
    for (let day = addDays(first, -1); days.length < LONGEST_WINDOW && this.#whole.has(day); day = addDays(day, -1))
      days.push(day);
    return days;
  }

  asks = (day: UtcDay): boolean => this.#asked.has(day);

  /** Whether a day may still get videos: the API has them about two days late. */
  isRecent = (day: UtcDay, askedAtMs = this.#startedAtMs): boolean => startMs(day) + DAY_MS > askedAtMs - this.#lagMs;

  /** `askedAtMs`: when the oldest of its pages was answered, which an earlier run may have asked for. */
  complete(day: UtcDay, askedAtMs: number): void {
    this.#found.set(day, this.isRecent(day, askedAtMs) ? { status: 'partial', why: RECENT } : COMPLETE);
  }

  partial(day: UtcDay, why: string): void {
    this.#found.set(day, { status: 'partial', why });
  }

  /** Days that nothing was found out of: part of them may have been seen. */
  leave(first: UtcDay, last: UtcDay, why: string, seen: boolean): void {
    for (const day of daysOf(first, last))
      if (!this.#found.has(day)) this.#found.set(day, { status: seen ? 'partial' : 'not_asked', why });
  }

  /** Whether days are asked for of which an earlier version has all. */
  get observesAgain(): boolean {
    return this.#refresh || [...this.#asked].some((day) => this.#whole.has(day));
  }

  /** Whether this run was given all that the API has of a day, which was asked for as a new observation. */
  isObservedAgain = (day: UtcDay): boolean =>
    this.#found.get(day)?.status === 'complete' && (this.#refresh || this.#whole.has(day));

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

  /** What an earlier version has of a day stays, whatever became of asking for it again: its rows are kept. */
  #statusOf(day: UtcDay): Status {
    const found = this.#found.get(day);
    if (this.#whole.has(day)) {
      const answered = found?.status === 'complete' || found?.why === RECENT;
      return answered || !this.#asked.has(day) ? COMPLETE : NOT_REFRESHED;
    }
    if (found && found.status !== 'not_asked') return found;
    const earlier = this.#earlier.get(day);
    if (earlier?.status === 'partial') return earlier;
    return found ?? { status: 'not_asked', why: day > this.today ? 'future' : 'not_reached' };
  }
}

const statusOfDays = (coverage: Coverage | null): ReadonlyMap<UtcDay, Status> =>
  new Map(
    (coverage?.days ?? []).flatMap(({ from, to, status, why }) =>
      daysOf(from, to).map((day) => [day, { status, ...(why !== undefined && { why }) }]),
    ),
  );

const daysWith = (coverage: Coverage | null, holds: (status: Status) => boolean): ReadonlySet<UtcDay> =>
  new Set([...statusOfDays(coverage)].flatMap(([day, status]) => (holds(status) ? [day] : [])));

export const completeDaysOf = (coverage: Coverage | null): ReadonlySet<UtcDay> =>
  daysWith(coverage, ({ status }) => status === 'complete');

/** Days of which all was there when they were last asked for, however long ago. */
export const wholeDaysOf = (coverage: Coverage | null): ReadonlySet<UtcDay> =>
  daysWith(coverage, ({ status, why }) => status === 'complete' || why === NOT_REFRESHED.why);

/** Days that may get some more videos. */
export const recentDaysOf = (coverage: Coverage | null): ReadonlySet<UtcDay> =>
  daysWith(coverage, ({ why }) => why === RECENT);
