import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A port of this machine that is listened on. */
export class Listener {
  readonly origin: string;
  readonly #server: Server;

  private constructor(port: number, server: Server) {
    this.origin = `http://127.0.0.1:${port}`;
    this.#server = server;
  }

  /** 0 is any free port. */
  static async start(port: number): Promise<Listener> {
    // A client must never meet a connection that was just closed for being idle: that would be a fault nobody asked for.
    const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 });
    const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
    await listening;
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error(`not listening on a port: ${address}`);
    return new Listener(address.port, server);
  }

  serve(handler: Handler): void {
    this.#server.on('request', handler);
  }

  /** Ends every connection, answered or not. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await closed;
  }
}
