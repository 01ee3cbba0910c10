import type { CollectApi } from '../activities/collect/collect-api.ts';
import { createResearchApi } from '../activities/tiktok/create-research-api.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Configuration } from './configuration.ts';

/** An API that can't be asked without credentials which nobody has given. */
export class MissingCredentialsError extends GettokError {
  override readonly name = 'MissingCredentialsError';
  override readonly wrongUse = true;
}

/** The APIs that rows are collected from, by name, with this machine's credentials; each is made at its first use. */
export function createApis({ tiktok }: Pick<Configuration, 'tiktok'>): (name: string) => CollectApi {
  let researchApi: CollectApi | undefined;
  return (name) => {
    if (name !== 'tiktok') throw new TypeError(`no API ${name}`);
    const { clientKey, clientSecret, apiBaseUrl, requestsADay } = tiktok;
    if (!clientKey || !clientSecret) {
      const missing = [clientKey ? [] : ['TIKTOK_CLIENT_KEY'], clientSecret ? [] : ['TIKTOK_CLIENT_SECRET']].flat();
      throw new MissingCredentialsError(
        `The Research API needs ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not set. ` +
          'They are on the page of your app at developers.tiktok.com; set them, then run again.',
      );
    }
    return (researchApi ??= createResearchApi({
      clientKey: clientKey.value,
      clientSecret: clientSecret.value.reveal(),
      baseUrl: apiBaseUrl?.value,
      requestsADay: requestsADay.value,
    }));
  };
}
