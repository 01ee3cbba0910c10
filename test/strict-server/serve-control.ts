import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** Where a server takes commands from whoever started it, one a request; they are in no log and no count. */
export const controlPath = '/__control';

export interface Command {
  readonly do: string;
}

export interface Controlled {
  /** A method, since each server has commands of its own. */
  carryOut(command: Command): unknown;
  close(): Promise<void>;
}

/** Carries out one command; after `close` the server is closed. */
export async function serveControl(
  request: IncomingMessage,
  response: ServerResponse,
  server: Controlled,
): Promise<void> {
  try {
    const command: Command = JSON.parse(await text(request));
    const body = JSON.stringify(server.carryOut(command) ?? null);
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    if (command.do === 'close') await server.close();
  } catch (error) {
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: String(error) }));
  }
}
