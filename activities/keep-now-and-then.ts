/**
 * Keeps what a step has made so far, every now and then, where no journal does: a worker that is killed then loses the
 * work of that time at most. Disposing waits for what is being kept. Failing is no failure of the step: it is only slower
 * to begin again.
 */
export function keepNowAndThen(everyMs: number, made: () => number, keep: () => Promise<unknown>): AsyncDisposable {
  let kept = made();
  let keeping: Promise<unknown> | null = null;
  const look = () => {
    const now = made();
    if (keeping !== null || now === kept) return;
    kept = now;
    keeping = keep()
      .catch(() => {})
      .finally(() => (keeping = null));
  };
  const timer = setInterval(look, everyMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await keeping;
    },
  };
}
