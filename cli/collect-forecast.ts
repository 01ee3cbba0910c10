import { readDailyQuota } from '../activities/collect/daily-quota.ts';
import type { CollectEstimate } from '../datasets/plan/collect-estimate.ts';
import type { RunPlan } from '../datasets/plan/run-plan.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import type { Configuration } from './configuration.ts';
import type { PlannedCollecting } from './plan-collecting.ts';

/** What a source would ask an API, and what of the day's quota is there for it. */
export interface CollectForecast {
  readonly step: string;
  readonly api: string;
  readonly requests: CollectEstimate['requests'];
  readonly rows: CollectEstimate['rows'];
  readonly requestsADay: number;
  /** Null without credentials: whose quota it is isn't known. */
  readonly leftToday: number | null;
  /** Days on which requests are sent, today among them; null when not known. */
  readonly days: { readonly low: number; readonly high: number | null };
}

/** Forecasts of the sources of a plan that will ask. */
export async function collectForecasts(
  { store, configuration }: { readonly store: ObjectStore; readonly configuration: Pick<Configuration, 'tiktok'> },
  { steps }: Pick<RunPlan, 'steps'>,
  collecting: ReadonlyMap<string, PlannedCollecting>,
): Promise<CollectForecast[]> {
  const { clientKey, clientSecret, requestsADay } = configuration.tiktok;
  const asking = [...collecting].filter(
    ([name, { estimate }]) => estimate.requests.high !== 0 && steps.some((step) => step.name === name && !step.fresh),
  );
  return Promise.all(
    asking.map(async ([step, { api, estimate }]) => {
      const known = clientKey !== undefined && clientSecret !== undefined;
      const leftToday = known ? await quotaLeft(store, api, configuration) : null;
      const daysFor = (requests: number) =>
        Math.max(1, 1 + Math.ceil((requests - (leftToday ?? requestsADay.value)) / requestsADay.value));
      const { low, high } = estimate.requests;
      return {
        step,
        api,
        ...estimate,
        requestsADay: requestsADay.value,
        leftToday,
        days: { low: daysFor(low), high: high === null ? null : daysFor(high) },
      };
    }),
  );
}

async function quotaLeft(
  store: ObjectStore,
  api: string,
  configuration: Pick<Configuration, 'tiktok'>,
): Promise<number> {
  const { createApis } = await import('./create-apis.ts');
  const { account, requestsADay } = createApis(configuration)(api);
  const now = Date.now();
  const { used, exhausted_until: until } = await readDailyQuota(store, { api, account, requestsADay }, now);
  return until > now ? 0 : Math.max(0, requestsADay - used);
}
