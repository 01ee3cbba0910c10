import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type EnsureMessage, ENSURE_PATH, type EnsureRequest, ensureRequest, STOP_PATH } from './control-protocol.ts';

/** Larger than any environment. */
const MAX_REQUEST_BYTES = 4_000_000;

export interface ControlHandlers {
  /** Sends messages through `send` until the command hangs up. */
  ensure(request: EnsureRequest, send: (message: EnsureMessage) => void, hungUp: AbortSignal): Promise<void>;
  /** Resolves when all services have ended. */
  stop(send: (message: EnsureMessage) => void): Promise<void>;
  /** True when nothing new can be asked for. */
  stopping(): boolean;
}

/**
 * Listens for commands on 127.0.0.1. HTTP and a token rather than a Unix socket: a socket's path may have 107 bytes, which
 * project folders exceed, and the token keeps other users of the machine out just as a folder's mode would.
 */
export async function listenForCommands(
  { port, token }: { port: number; token: string },
  handlers: ControlHandlers,
): Promise<Server> {
  const server = createServer((request, response) => {
    handle(request, response, token, handlers).catch((error: unknown) => {
      process.stderr.write(`control: ${String(error)}\n`);
      response.destroy();
    });
  });
  server.listen(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  return server;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  handlers: ControlHandlers,
): Promise<void> {
  if (!isAllowed(request.headers.authorization, token)) return refuse(response, 403);
  if (request.method !== 'POST') return refuse(response, 405);
  if (request.url === STOP_PATH) {
    await handlers.stop(stream(response));
    response.end();
  } else if (request.url === ENSURE_PATH) {
    const asked = ensureRequest.parse(JSON.parse(await bodyOf(request)));
    // Looked at after the last wait, so that nothing starts between the decision to stop and the stopping.
    if (handlers.stopping()) return refuse(response, 503);
    const hungUp = new AbortController();
    response.once('close', () => hungUp.abort());
    await handlers.ensure(asked, stream(response), hungUp.signal);
  } else {
    refuse(response, 404);
  }
}

function isAllowed(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

function stream(response: ServerResponse): (message: EnsureMessage) => void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  return (message) => {
    if (!response.writableEnded && !response.destroyed) response.write(`${JSON.stringify(message)}\n`);
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) throw new Error(`a request of more than ${MAX_REQUEST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
