import { request } from 'node:http';
import { createInterface } from 'node:readline';
import type { EnsureMessage } from './control-protocol.ts';

/** The supervisor's answer: its messages, and a way to hang up. */
export interface ControlAnswer {
  readonly messages: AsyncIterator<EnsureMessage>;
  /** From now on the connection keeps no process alive; it stays open, and says so to the supervisor, while one lives. */
  readonly release: () => void;
  readonly hangUp: () => void;
}

/** Asks the supervisor; null when it is stopping or no longer there. */
export function askSupervisor(
  { port, token }: { port: number; token: string },
  path: string,
  body: object = {},
): Promise<ControlAnswer | null> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const asking = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false }, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        resolve(null);
        return;
      }
      response.on('error', () => {});
      const lines = createInterface({ input: response });
      resolve({
        messages: parsed(lines[Symbol.asyncIterator]()),
        release: () => response.socket.unref(),
        hangUp: () => response.destroy(),
      });
    });
    asking.once('error', () => resolve(null));
    asking.end(JSON.stringify(body));
  });
}

async function* parsed(lines: AsyncIterableIterator<string>): AsyncGenerator<EnsureMessage> {
  // A supervisor that is killed breaks the connection off, which is the end of its messages too.
  const next = () => lines.next().catch(() => ({ done: true as const, value: undefined }));
  for (let line = await next(); !line.done; line = await next()) {
    const message: EnsureMessage = JSON.parse(line.value);
    yield message;
  }
}
