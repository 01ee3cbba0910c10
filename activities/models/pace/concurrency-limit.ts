/** A request as it was sent. */
export interface SentRequest {
  readonly number: number;
  readonly sentMs: number;
}

/** A growth whose use isn't known yet: what was answered with the limit before it. */
interface Trial {
  readonly limit: number;
  readonly perMs: number;
  /** The first look is at requests of which some were sent while the slots filled up. */
  secondLook: boolean;
}

const START = 16;
/** One slot more is to bring this part of what one slot brought before, else there is a second look, … */
const CLEAR_GAIN = 0.5;
/** … and then this part: slots too many cost little, slots too few cost time. */
const SMALLEST_GAIN = 0.05;
const FALL = 0.75;
/** Where it failed it isn't tried again before the patience is over. */
const SAFE = 0.95;
const RECOVERY = 1.25;
/** Rounds before more is tried than helped or worked the last time; doubled with each attempt in vain. */
const FIRST_PATIENCE = 4;
const LONGEST_PATIENCE = 64;
/** Shorter rounds say more about this machine's timers than about the provider. */
const SHORTEST_ROUND_MS = 50;

/**
 * How many requests may be under way. A round is over when as many requests as there are slots were sent in it and
 * answered. The limit doubles from round to round while that brings more answers a second, falls by a quarter when the
 * provider is overloaded, and comes back in steps of a quarter. `docs/decisions/model-pace.md` says why so.
 */
export class ConcurrencyLimit {
  #max: number;
  #limit: number;
  /** Up to here nothing is on trial. */
  #ceiling = Infinity;
  #trial: Trial | null = null;
  #patience = FIRST_PATIENCE;
  #waited = 0;
  #sent = 0;
  #fallFrom = 0;
  #open = 0;
  /** Open requests times milliseconds in this round: divided by its length the mean number open. */
  #area = 0;
  #areaMs: number;
  #round: Round;

  constructor(max: number, nowMs: number) {
    this.#max = max;
    this.#limit = Math.min(max, START);
    this.#areaMs = nowMs;
    this.#round = newRound(0, nowMs);
  }

  get limit(): number {
    return this.#limit;
  }

  /** Requests sent so far: the number of the next. */
  get sentSoFar(): number {
    return this.#sent;
  }

  changeMax(max: number, nowMs: number): void {
    if (max === this.#max) return;
    this.#max = max;
    this.#limit = Math.min(this.#limit, max);
    this.restart(nowMs);
  }

  /** Somebody waits because all slots are taken. */
  missSlot(): void {
    this.#round.missed = true;
  }

  send(nowMs: number): SentRequest {
    this.#advance(nowMs);
    const request = { number: this.#sent, sentMs: nowMs };
    this.#sent += 1;
    this.#open += 1;
    return request;
  }

  /** The request is no longer under way, and that says nothing about the provider. */
  end(nowMs: number): void {
    this.#advance(nowMs);
    this.#open -= 1;
  }

  succeed(request: SentRequest, nowMs: number): void {
    this.end(nowMs);
    const round = this.#round;
    if (request.number < round.from) return;
    round.answers += 1;
    round.latencyMs += Math.max(nowMs - request.sentMs, 0.01);
    if (round.answers >= this.#limit && nowMs - round.startedMs >= SHORTEST_ROUND_MS) this.#endRound(nowMs);
  }

  /** Overloaded or gone. What was sent before the limit fell the last time says nothing new. */
  fail(request: SentRequest, nowMs: number): void {
    this.end(nowMs);
    if (request.number < this.#fallFrom) return;
    this.#fallFrom = this.#sent;
    // More than was known to work was tried out, and doesn't.
    if (this.#trial !== null && this.#ceiling !== Infinity) this.#stepBack(this.#trial);
    else {
      this.#ceiling = Math.max(1, Math.floor(this.#limit * SAFE));
      this.#limit = Math.max(1, Math.floor(this.#limit * FALL));
      this.#waited = 0;
    }
    this.restart(nowMs);
  }

  /** The round now under way shall count for nothing, nor a growth that it was to show the use of. */
  restart(nowMs: number): void {
    this.#trial = null;
    this.#startRound(nowMs);
  }

  #startRound(nowMs: number): void {
    this.#area = 0;
    this.#areaMs = nowMs;
    this.#round = newRound(this.#sent, nowMs);
  }

  #endRound(nowMs: number): void {
    const { missed, answers, latencyMs, startedMs } = this.#round;
    // By Little's law: mean number open ÷ mean latency. Counting answers would miss those still to come of a fuller line.
    const perMs = this.#area / (nowMs - startedMs) / (latencyMs / answers);
    this.#startRound(nowMs);
    if (!missed) this.#trial = null;
    else if (this.#trial === null || this.#helped(this.#trial, perMs)) this.#grow(perMs);
  }

  #helped(trial: Trial, perMs: number): boolean {
    const more = this.#limit / trial.limit - 1;
    if (perMs / trial.perMs >= 1 + more * (trial.secondLook ? SMALLEST_GAIN : CLEAR_GAIN)) {
      this.#trial = null;
      this.#ceiling = Infinity;
      this.#patience = FIRST_PATIENCE;
      return true;
    }
    if (trial.secondLook) this.#stepBack(trial);
    trial.secondLook = true;
    return false;
  }

  #stepBack({ limit }: Trial): void {
    this.#trial = null;
    this.#limit = limit;
    this.#ceiling = limit;
    this.#waited = 0;
    this.#patience = Math.min(LONGEST_PATIENCE, this.#patience * 2);
  }

  #grow(perMs: number): void {
    if (this.#limit >= this.#max) return;
    if (this.#limit < this.#ceiling && this.#ceiling !== Infinity) {
      this.#limit = Math.min(this.#ceiling, this.#max, Math.ceil(this.#limit * RECOVERY));
      return;
    }
    this.#waited += 1;
    if (this.#ceiling !== Infinity && this.#waited < this.#patience) return;
    this.#waited = 0;
    this.#trial = { limit: this.#limit, perMs, secondLook: false };
    this.#limit = Math.min(this.#max, this.#limit * 2);
  }

  #advance(nowMs: number): void {
    this.#area += this.#open * (nowMs - this.#areaMs);
    this.#areaMs = nowMs;
  }
}

interface Round {
  /** Number of its first request. */
  readonly from: number;
  readonly startedMs: number;
  /** Whether there was use for more slots. */
  missed: boolean;
  answers: number;
  latencyMs: number;
}

const newRound = (from: number, startedMs: number): Round => ({
  from,
  startedMs,
  missed: false,
  answers: 0,
  latencyMs: 0,
});
