/** Calls `stop` after `idleMs` in which nobody used the services. */
export class IdleWatch {
  readonly #idleMs: number;
  readonly #isBusy: () => Promise<boolean>;
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;
  #usedAt = Date.now();
  #users = 0;

  /** `isBusy` is asked only when the time is over: it costs a request. */
  constructor(idleMs: number, isBusy: () => Promise<boolean>, stop: () => void) {
    this.#idleMs = idleMs;
    this.#isBusy = isBusy;
    this.#stop = stop;
    this.#timer = setInterval(() => void this.#look(), Math.min(idleMs / 4, 15_000));
  }

  /** Somebody uses the services until the signal is raised. */
  useUntil(over: AbortSignal): void {
    this.#users += 1;
    over.addEventListener('abort', () => {
      this.#users -= 1;
      this.#usedAt = Date.now();
    });
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #isOver(): boolean {
    return this.#users === 0 && Date.now() - this.#usedAt >= this.#idleMs;
  }

  async #look(): Promise<void> {
    if (!this.#isOver()) return;
    // A Temporal that doesn't answer is just being started again: not the moment to stop.
    if (await this.#isBusy().catch(() => true)) {
      this.#usedAt = Date.now();
      return;
    }
    // Looked at again: a command may have come while the question was asked.
    if (this.#isOver()) this.#stop();
  }
}
