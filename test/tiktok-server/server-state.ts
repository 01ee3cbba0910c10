import { FaultQueue } from '../strict-server/fault-queue.ts';
import { AccessTokens } from './access-tokens.ts';
import { commentCeiling, commentsOf } from './comments.ts';
import type { QueryConditions } from './condition.ts';
import { DailyQuota } from './daily-quota.ts';
import { canHappen, type FaultRule } from './fault.ts';
import { leastWindows } from './least-requests.ts';
import { matchesQuery } from './matches-query.ts';
import type { Population } from './population.ts';
import { matches, type FilteredRequest } from './request-filter.ts';
import { RequestLog } from './request-log.ts';
import { Searches } from './searches.ts';
import { defaultSettings, type ServerSettings, type SettingChanges } from './server-settings.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { dayMs, dayOf, daysBetween, startOfDay, type UtcDay } from './utc-day.ts';
import type { Video } from './video.ts';

export class ServerState {
  readonly population: Population;
  readonly clock = new SimulatedClock();
  readonly tokens = new AccessTokens();
  readonly quota = new DailyQuota();
  readonly searches = new Searches();
  readonly faults = new FaultQueue<FaultRule, FilteredRequest>(
    (rule, request) => canHappen(rule.fault.kind, request) && matches(rule, request),
  );
  readonly log = new RequestLog();
  /** Deleted or made private: the API shows no difference. */
  readonly removed = new Set<bigint>();
  settings: ServerSettings = defaultSettings;

  constructor(population: Population) {
    this.population = population;
  }

  configure({ now, frozen, ...settings }: SettingChanges): void {
    this.settings = { ...this.settings, ...settings };
    if (now !== undefined || frozen !== undefined) {
      this.clock.set(now === undefined ? new Date(this.clock.nowMs).toISOString() : now, frozen ?? false);
    }
  }

  /** Forgets requests, faults, searches, removals and what was used of quotas; keeps settings, clock and tokens. */
  reset(): void {
    this.log.reset();
    this.faults.clear();
    this.searches.clear();
    this.removed.clear();
    this.quota.reset();
  }

  isVisible({ id, createTime }: Video): boolean {
    return !this.removed.has(id) && createTime * 1000 <= this.clock.nowMs - this.settings.lagDays * dayMs;
  }

  /** What a query finds now, from the first to the last day, both included; descending by id. */
  found(query: QueryConditions, from: UtcDay, to: UtcDay): Video[] {
    const firstS = (startOfDay(from) ?? 0) / 1000;
    const endS = ((startOfDay(to) ?? 0) + dayMs) / 1000;
    const test = matchesQuery(query, this.clock.nowMs);
    return this.population.videos.filter(
      (video) => video.createTime >= firstS && video.createTime < endS && this.isVisible(video) && test(video),
    );
  }

  /** The least number of requests with which all of it can be had. */
  leastRequests(query: QueryConditions, from: UtcDay, to: UtcDay): number {
    const counts = new Map<UtcDay, number>();
    for (const { createTime } of this.found(query, from, to)) {
      const day = dayOf(createTime * 1000);
      counts.set(day, (counts.get(day) ?? 0) + 1);
    }
    return leastWindows(daysBetween(from, to).map((day) => counts.get(day) ?? 0));
  }

  /** Comments of a video that the API lists: the first thousand. */
  commentIdsOf(videoId: string): string[] {
    const video = this.population.byId.get(BigInt(videoId));
    if (video === undefined || !this.isVisible(video)) return [];
    return commentsOf(video)
      .slice(0, commentCeiling)
      .map(({ id }) => String(id));
  }
}
