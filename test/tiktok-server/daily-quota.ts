import { dailyQuotaExceeded } from './api-error.ts';
import type { UtcDay } from './utc-day.ts';

export interface QuotaLimits {
  readonly requestsADay: number;
  readonly recordsADay: number;
}

export interface QuotaUse {
  readonly requests: number;
  readonly records: number;
}

const nothing: QuotaUse = { requests: 0, records: 0 };

/** What each client has used of its day; a new UTC day begins at nothing. */
export class DailyQuota {
  #day: UtcDay = '';
  #used = new Map<string, QuotaUse>();

  /** Throws the 429 for a client that has nothing left; a request that is refused so uses nothing. */
  check(client: string, today: UtcDay, { requestsADay, recordsADay }: QuotaLimits): void {
    const { requests, records } = this.used(client, today);
    if (requests >= requestsADay || records >= recordsADay) throw dailyQuotaExceeded();
  }

  use(client: string, today: UtcDay, { requests = 0, records = 0 }: Partial<QuotaUse>): void {
    const used = this.used(client, today);
    this.#used.set(client, { requests: used.requests + requests, records: used.records + records });
  }

  used(client: string, today: UtcDay): QuotaUse {
    if (today !== this.#day) this.#used.clear();
    this.#day = today;
    return this.#used.get(client) ?? nothing;
  }

  reset(): void {
    this.#used.clear();
  }
}
