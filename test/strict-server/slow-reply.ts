import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ends early when the client leaves or the server closes. Without end: as long as a timer can, 24 days. */
export async function pause(ms: number, response: ServerResponse): Promise<void> {
  if (ms <= 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
  response.once('close', () => {
    clearTimeout(timer);
    resolve();
  });
  await promise;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** Sends the headers, or the first half of the body too, and nothing more. */
export function sendPart(response: ServerResponse, { status, headers, body }: Reply, until: 'headers' | 'body'): void {
  response.writeHead(status, headers).flushHeaders();
  if (until === 'body') response.write(firstHalf(body));
}

/** Resets the connection before the answer, after its headers or in its body. */
export async function breakOff(
  response: ServerResponse,
  reply: Reply,
  after: 'request' | 'headers' | 'body',
): Promise<void> {
  if (after !== 'request') {
    sendPart(response, reply, after);
    // A reset overtakes bytes that the client hasn't read yet.
    await sleep(20);
  }
  response.socket?.resetAndDestroy();
}

export const firstHalf = (body: string): string => body.slice(0, body.length / 2).toWellFormed();
