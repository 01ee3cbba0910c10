/** So many items needn't wait for more. */
const GROUP = 32;
/** So long the first of a group waits for others: a write costs the store far more than an item in it. */
const LINGER_MS = 8;
/** An item that comes while a write is under way needn't wait for its end. */
const WRITES_AT_ONCE = 2;

/**
 * Lets items that come together share one write. The promise of an item settles with the write that holds it, so that
 * nothing is used before it is durable.
 */
export function groupCommit<T>(write: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = [];
  let writing = 0;
  let timer: NodeJS.Timeout | undefined;

  function begin() {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0 || writing >= WRITES_AT_ONCE) return;
    const group = waiting;
    waiting = [];
    writing += 1;
    void write(group.map(({ item }) => item))
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
    if (waiting.length >= GROUP) begin();
    else timer ??= setTimeout(begin, LINGER_MS);
    return promise;
  };
}

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
