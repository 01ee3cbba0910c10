import { createServer, type Server } from 'node:net';

/** Ports this process has given out: the system may well give the same one again at once. */
const givenOut = new Set<number>();

/** Free ports on 127.0.0.1, all different: each the preferred one where there is one and nobody has it. */
export async function freePorts(...preferred: readonly (number | undefined)[]): Promise<number[]> {
  const held: { port: number; server: Server }[] = [];
  // Held until all are chosen.
  for (const port of preferred) held.push((port && (await hold(port))) || (await holdAny()));
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return held.map(({ port }) => port);
}

async function holdAny(): Promise<{ port: number; server: Server }> {
  for (;;) {
    const held = await hold(0);
    if (!held) continue;
    const isNew = !givenOut.has(held.port);
    givenOut.add(held.port);
    if (isNew) return held;
    held.server.close();
  }
}

/** Listens on a port, the system's choice for 0; null when it is taken. */
function hold(port: number): Promise<{ port: number; server: Server } | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(address && typeof address === 'object' ? { port: address.port, server } : null);
    });
  });
}
