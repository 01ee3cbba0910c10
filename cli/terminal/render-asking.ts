import type { CollectForecast } from '../collect-forecast.ts';
import { KEY_VARIABLES } from '../../activities/tiktok/tiktok-access-error.ts';
import { formatCount, plural } from './format-number.ts';

const NAMES: { readonly [api: string]: string } = { tiktok: "TikTok's Research API" };

/** What a source would ask, in one sentence: requests, what is left today, and how many days that takes. */
export function renderAsking({ step, api, requests, days, requestsADay, leftToday }: CollectForecast): string {
  const { low, high } = requests;
  const many =
    high === null
      ? `at least ${plural(low, 'request')}; how many isn't known before it has asked`
      : `${low === high ? '' : `${formatCount(low)} to `}${plural(high, 'request')}`;
  const left = leftToday === null ? '' : `${formatCount(leftToday)} of `;
  const span =
    days.high === null
      ? ''
      : days.high === 1
        ? ': one day'
        : `: ${days.low === days.high ? '' : `${days.low} to `}${days.high} days`;
  return `${step} asks ${NAMES[api] ?? api} with ${many} (quota: ${left}${formatCount(requestsADay)} a day${leftToday === null ? '' : ' left today'}${span})${leftToday === null ? `; set ${KEY_VARIABLES} before a run` : ''}`;
}
