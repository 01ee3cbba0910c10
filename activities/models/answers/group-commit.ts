/**
 * Lets items that come together share one write: what arrives while a write is under way waits for the next. The
 * promise of an item settles with the write that holds it, so that nothing is used before it is durable.
 */
export function groupCommit<T>(
  write: (items: readonly T[]) => Promise<void>,
  writesAtOnce = 2,
): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = [];
  let writing = 0;
  let begun = false;

  function begin() {
    begun = false;
    if (waiting.length === 0 || writing >= writesAtOnce) return;
    const group = waiting;
    waiting = [];
    writing += 1;
    write(group.map(({ item }) => item))
      .then(
        () => group.forEach(({ resolve }) => resolve()),
        (error: unknown) => group.forEach(({ reject }) => reject(error)),
      )
      .finally(() => {
        writing -= 1;
        begin();
      });
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push({ item, resolve, reject });
    // After this turn of the event loop, in which more answers may be waiting to be read.
    if (!begun && writing < writesAtOnce) setImmediate(begin);
    begun = true;
    return promise;
  };
}

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
