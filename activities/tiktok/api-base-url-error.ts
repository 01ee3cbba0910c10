import { GettokError } from '../../manifests/gettok-error.ts';

export const RESEARCH_API = 'https://open.tiktokapis.com';

/** The address that is set for TikTok's API is none. */
export class ApiBaseUrlError extends GettokError {
  override readonly name = 'ApiBaseUrlError';
  override readonly wrongUse = true;
  constructor(baseUrl: string, found = '') {
    super(
      `TIKTOK_API_BASE_URL is ${JSON.stringify(baseUrl)}, ${found}expected a URL such as ${RESEARCH_API}. ` +
        'Correct it, or unset it to ask TikTok.',
    );
  }
}
