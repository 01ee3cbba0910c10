interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/** Prints the base URL for clients on one line and runs until SIGTERM, SIGINT, a `close` command or the end of standard input. */
export function runUntilStopped(server: Running, { endWithStdin }: { readonly endWithStdin: boolean }): void {
  const end = (): void => {
    // The one thing left is standard input when its end is waited for.
    process.stdin.destroy();
    void server.close();
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  if (endWithStdin) process.stdin.resume().once('end', end).once('error', end);
  process.stdout.write(`${server.url}\n`);
}
