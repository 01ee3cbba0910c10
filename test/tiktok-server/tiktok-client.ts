import { parse } from 'lossless-json';
import { writeJson } from './json-text.ts';
import type { TikTokServer } from './tiktok-server.ts';

export interface ClientReply {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
  /** Whole numbers as bigint; empty when there is none. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly videos: readonly Readonly<Record<string, unknown>>[];
  readonly code: string | undefined;
  readonly message: string | undefined;
}

export interface TestClient {
  post(path: string, body: unknown): Promise<ClientReply>;
  videos(body: object, fields?: string): Promise<ClientReply>;
  /** Takes a new token. */
  renew(): Promise<void>;
}

/** A client without any care, which can send whatever is wrong. */
export async function testClient(server: Pick<TikTokServer, 'url'>, clientKey = 'key'): Promise<TestClient> {
  let token = '';
  const client: TestClient = {
    async renew() {
      const body = new URLSearchParams({ client_key: clientKey, client_secret: 's', grant_type: 'client_credentials' });
      const response = await fetch(`${server.url}/v2/oauth/token/`, { method: 'POST', body });
      const answer: { access_token: string } = JSON.parse(await response.text());
      token = answer.access_token;
    },
    async post(path, body) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const text = typeof body === 'string' ? body : writeJson(body);
      return readReply(await fetch(`${server.url}/v2/research/${path}`, { method: 'POST', headers, body: text }));
    },
    videos: (body, fields = 'id') => client.post(`video/query/?fields=${fields}`, body),
  };
  await client.renew();
  return client;
}

interface ApiBody {
  data?: Record<string, unknown> & { videos?: Record<string, unknown>[] };
  error?: { code: string; message: string };
}

async function readReply(response: Response): Promise<ClientReply> {
  const text = await response.text();
  const contentType = response.headers.get('content-type');
  const isJson = contentType?.startsWith('application/json') === true;
  const body = isJson
    ? (parse(text, null, (number) => (/^-?\d+$/.test(number) ? BigInt(number) : Number(number))) as ApiBody)
    : {};
  return {
    status: response.status,
    contentType,
    text,
    data: body.data ?? {},
    videos: body.data?.videos ?? [],
    code: body.error?.code,
    message: body.error?.message,
  };
}
