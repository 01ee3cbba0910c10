import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PrivateAddressError, refusePrivate } from './guarded-lookup.ts';

/**
 * A proxy on this machine through which one download goes, every redirect and every part of it: the only place where the
 * address of each connection can be seen before it is made. It lives in the worker, so a yt-dlp whose worker was killed
 * loses its connections and ends.
 */
export interface Guard extends AsyncDisposable {
  /** With a user name and a password of its own: other people of this machine can't use it. */
  readonly url: string;
  /** What was refused, for a person; null when nothing was. */
  readonly refused: string | null;
}

/** Headers that speak of one connection alone (RFC 9110, section 7.6.1). */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** `lookup` refuses private addresses; null lets them be reached. */
export async function openGuard(lookup: LookupFunction | null): Promise<Guard> {
  const password = randomBytes(24).toString('hex');
  const expected = Buffer.from(`Basic ${Buffer.from(`gettok:${password}`).toString('base64')}`);
  const open = new Set<Duplex>();
  const safety = lookup ? { lookup } : {};
  let refused: string | null = null;

  const isOurs = ({ headers }: IncomingMessage): boolean => {
    const given = Buffer.from(headers['proxy-authorization'] ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  const note = (error: unknown) => {
    if (error instanceof PrivateAddressError) refused ??= error.message;
  };
  const keep = <S extends Duplex>(socket: S): S => {
    open.add(socket);
    return socket.once('close', () => open.delete(socket));
  };

  async function forward(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = URL.parse(asked.url ?? '');
    if (url?.protocol !== 'http:') {
      refused ??= `A redirect led to ${url?.protocol ?? 'what is no URL'}; http: or https: is accepted.`;
      throw new Error('not http');
    }
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (lookup) refusePrivate(host);
    const headers = { ...ofTheMessage(asked), host: url.host };
    const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const there = request(
      // An agent would keep connections for other downloads.
      {
        ...safety,
        agent: false,
        host,
        port: url.port || 80,
        path: `${url.pathname}${url.search}`,
        method: asked.method,
        headers,
      },
      resolve,
    );
    there.once('socket', keep).on('error', reject);
    answer.once('close', () => there.destroy());
    asked.on('error', reject).pipe(there);
    const reply = await answered;
    answer.writeHead(reply.statusCode ?? 502, reply.statusMessage, ofTheMessage(reply));
    await pipeline(reply, answer);
  }

  function tunnel(asked: IncomingMessage, near: Duplex, head: Buffer): void {
    const to = URL.parse(`http://${asked.url ?? ''}`);
    if (!to || !isOurs(asked)) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const host = to.hostname.replace(/^\[|\]$/g, '');
    try {
      if (lookup) refusePrivate(host);
    } catch (error) {
      note(error);
      near.destroy();
      return;
    }
    const far: Socket = keep(connect({ ...safety, host, port: Number(to.port || 80) }));
    far.once('connect', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      near.pipe(far);
      far.pipe(near);
    });
    far.once('error', (error) => {
      note(error);
      near.destroy();
    });
    near.once('error', () => far.destroy());
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  }

  const server = createServer((asked, answer) => {
    if (!isOurs(asked)) {
      answer.writeHead(407).end();
      return;
    }
    forward(asked, answer).catch((error: unknown) => {
      note(error);
      // As a connection that broke off: yt-dlp tells such from what a server answers.
      answer.destroy();
    });
  });
  server.on('connection', keep).on('connect', tunnel);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://gettok:${password}@127.0.0.1:${port}`,
    get refused() {
      return refused;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

const ofTheMessage = ({ headers }: IncomingMessage) =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (header): header is [string, string | string[]] => header[1] !== undefined && !OF_THE_CONNECTION.has(header[0]),
    ),
  );
