import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface VideoServer extends AsyncDisposable {
  readonly port: number;
  /** `method path` of every request, in their order. */
  readonly requests: string[];
  /** Connections that are open. */
  readonly open: () => number;
  url(path: string): string;
}

export type Serve = (asked: IncomingMessage, answer: ServerResponse, time: number) => void;

/** A server of videos on 127.0.0.1; `pages` says what each path answers, the n-th time it is asked (from 1). */
export async function videoServer(pages: Readonly<Record<string, Serve>>): Promise<VideoServer> {
  const requests: string[] = [];
  const times = new Map<string, number>();
  let open = 0;
  const server = createServer((asked, answer) => {
    const path = asked.url ?? '';
    requests.push(`${asked.method} ${path}`);
    const time = (times.get(path) ?? 0) + 1;
    times.set(path, time);
    const page = pages[path.split('?')[0]!];
    if (page) page(asked, answer, time);
    else status(404)(asked, answer, time);
  });
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    open: () => open,
    url: (path) => `http://127.0.0.1:${port}${path}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const status =
  (code: number): Serve =>
  (_asked, answer) =>
    void answer.writeHead(code).end('no');

export const redirect =
  (location: string): Serve =>
  (_asked, answer) =>
    void answer.writeHead(302, { location }).end();

export const page =
  (body: string): Serve =>
  (_asked, answer) =>
    void answer.writeHead(200, { 'content-type': 'text/html' }).end(body);

/** A file as servers of files send it: with its length, and any part of it that is asked for. */
export const video =
  (bytes: Buffer, type = 'video/mp4'): Serve =>
  (asked, answer) => {
    const from = Number(/^bytes=(\d+)-/.exec(asked.headers.range ?? '')?.[1] ?? 0);
    const range = from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    const head = { 'content-type': type, 'accept-ranges': 'bytes', 'content-length': bytes.length - from, ...range };
    answer.writeHead(from > 0 ? 206 : 200, head).end(bytes.subarray(from));
  };

/** Sends as much with the length of the whole, and breaks off. */
export const cutAfter =
  (bytes: Buffer, sent: number): Serve =>
  (_asked, answer) => {
    answer.writeHead(200, { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', 'content-length': bytes.length });
    answer.write(bytes.subarray(0, sent), () => answer.destroy());
  };

/** Says no length, and sends for as long as somebody listens. */
export const endless =
  (start: Buffer): Serve =>
  (_asked, answer) => {
    answer.writeHead(200, { 'content-type': 'video/mp4' });
    const more = Buffer.alloc(64 * 1024);
    const send = () => {
      while (!answer.destroyed && answer.write(more));
    };
    answer.on('drain', send).write(start);
    send();
  };

/** Sends the beginning, and then nothing more. */
export const stuck =
  (start: Buffer): Serve =>
  (_asked, answer) => {
    answer.writeHead(200, { 'content-type': 'video/mp4', 'content-length': start.length * 10 });
    answer.write(start);
  };

/** The first the first time, the second the second time, …, the last ever after. */
export const inTurn =
  (...each: Serve[]): Serve =>
  (asked, answer, time) =>
    each[Math.min(time, each.length) - 1]!(asked, answer, time);
