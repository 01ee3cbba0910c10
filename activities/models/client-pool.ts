import OpenAI, { APIError } from 'openai';
import type { Model } from '../../datasets/step-kind.ts';
import { leanFetch } from './lean-fetch.ts';
import { missingKey } from './model-access-error.ts';

/** One server as it is asked with one key. */
export interface Endpoint {
  readonly client: OpenAI;
  readonly url: string;
  /** Begins a sentence: `OpenAI`, or `The server at http://…`. */
  readonly name: string;
  /** OpenAI itself; any other server may be gone, and is then an engine that isn't there. */
  readonly isOpenAI: boolean;
  /** Variable that holds the key, or what a header has in its place; null when none is sent. */
  readonly keyVariable: string | null;
  /** Takes the key and the secrets of headers out of a text that came from the server. */
  redact(text: string): string;
}

export interface Address {
  readonly url: string;
  readonly keyVariable: string | null;
}

/** One client per server, key and headers, shared by all cells of a worker. */
export interface ClientPool {
  /** Where a model is asked, and the variable that holds the key for it; null where there is no engine for it. */
  addressOf(model: Model): Address | null;
  /**
   * Null when the machine has no engine for a model of provider `local`; throws `ModelAccessError` when OpenAI would be
   * asked without a key.
   */
  endpoint(model: Model): Endpoint | null;
  /** Whether a server answers at all where the model is asked; for cells that failed for want of one. */
  engineAvailable(model: Model): Promise<boolean>;
}

export interface ClientPoolOptions {
  /** Variables that hold keys, and `OPENAI_ORG_ID` and `OPENAI_PROJECT_ID`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Server of models whose entry names none; OpenAI's when left out. */
  readonly baseUrl?: string | undefined;
  /** The speech engine of this machine, for models of provider `local`; left out where there is none. */
  readonly localUrl?: string | undefined;
}

const OPENAI_URL = 'https://api.openai.com/v1';
const OPENAI_KEY = 'OPENAI_API_KEY';
const AVAILABLE_WITHIN_MS = 3000;

export function createClientPool({ env, baseUrl = OPENAI_URL, localUrl }: ClientPoolOptions): ClientPool {
  const endpoints = new Map<string, Endpoint>();
  const send = leanFetch();
  const defaultUrl = withoutSlash(baseUrl);

  function addressOf(model: Model): Address | null {
    if (model.provider === 'local')
      return localUrl === undefined ? null : { url: withoutSlash(localUrl), keyVariable: null };
    const url = withoutSlash(model.base_url ?? defaultUrl);
    // A dataset comes from anybody: OPENAI_API_KEY goes where this machine's owner pointed it, not where a file says.
    const keyVariable = model.api_key_env ?? (url === defaultUrl || isOpenAI(url) ? OPENAI_KEY : null);
    return { url, keyVariable };
  }

  function connect(model: Model): Endpoint | null {
    const address = addressOf(model);
    if (address === null) return null;
    const { url, keyVariable } = address;
    const { headers = {}, headers_env: variables = {} } = model;
    const identity = JSON.stringify([url, keyVariable, headers, variables]);
    const known = endpoints.get(identity);
    if (known) return known;
    const key = (keyVariable && env[keyVariable]) || null;
    const official = isOpenAI(url);
    const name = nameOf(model, url);
    if (key === null && (official || model.api_key_env !== undefined))
      throw missingKey(name, keyVariable ?? OPENAI_KEY, model.model);
    const secret = secretHeaders(variables, env, (variable) => missingKey(name, variable, model.model));
    const secrets = [...(key === null ? [] : [key]), ...Object.values(secret)].toSorted((a, b) => b.length - a.length);
    const endpoint: Endpoint = {
      // Everything the SDK would otherwise read from the environment is given.
      client: new OpenAI({
        baseURL: url,
        apiKey: key ?? 'none',
        adminAPIKey: null,
        webhookSecret: null,
        organization: (official && env['OPENAI_ORG_ID']) || null,
        project: (official && env['OPENAI_PROJECT_ID']) || null,
        maxRetries: 0,
        logLevel: 'off',
        fetch: send,
        defaultHeaders: { ...(key === null && { Authorization: null }), ...headers, ...secret },
      }),
      url,
      name,
      isOpenAI: official,
      keyVariable: key === null ? (Object.values(variables)[0] ?? null) : keyVariable,
      redact: (text) => secrets.reduce((redacted, each) => redacted.replaceAll(each, '[hidden]'), text),
    };
    endpoints.set(identity, endpoint);
    return endpoint;
  }

  return {
    addressOf,
    endpoint: connect,
    async engineAvailable(model) {
      if (model.provider === 'baseline') return false;
      try {
        const endpoint = connect(model);
        if (endpoint === null) return false;
        await endpoint.client.get('/models', { timeout: AVAILABLE_WITHIN_MS }).asResponse();
        return true;
      } catch (error) {
        // A server that refuses the question is there all the same.
        return error instanceof APIError && error.status !== undefined && error.status < 500;
      }
    },
  };
}

/** Headers with the values that the environment holds for them. */
function secretHeaders(
  variables: Readonly<Record<string, string>>,
  env: ClientPoolOptions['env'],
  missing: (variable: string) => Error,
): Record<string, string> {
  const entries = Object.entries(variables).map(([name, variable]): [string, string] => {
    const value = env[variable]?.trim();
    if (!value) throw missing(variable);
    return [name, value];
  });
  return Object.fromEntries(entries);
}

function nameOf({ provider }: Model, url: string): string {
  if (provider === 'local') return 'The speech engine of this machine';
  return isOpenAI(url) ? 'OpenAI' : `The server at ${url}`;
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

function isOpenAI(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return host === 'api.openai.com' || host.endsWith('.api.openai.com');
}
