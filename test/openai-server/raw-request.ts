import type { OpenAIServer } from './openai-server.ts';

export interface RawAnswer {
  readonly status: number;
  readonly message?: string;
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
}

/** A request without the SDK between, so that it can be wrong in any way; of a refusal its error's members. */
export async function rawRequest(
  server: OpenAIServer,
  path: string,
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const sent = { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json', ...headers };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(server.url + path, { method: 'POST', headers: sent, body: text });
  const { error }: { error?: Omit<RawAnswer, 'status'> } = JSON.parse(await response.text());
  return { status: response.status, ...error };
}
