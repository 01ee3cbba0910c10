import { z } from 'zod';
import type { ApiReply, CollectApi, ReadReply } from '../../activities/collect/collect-api.ts';
import type { JsonObject } from '../../activities/collect/api-json.ts';
import { defineStepKind, failed, type StepKind } from '../../activities/step-kind.ts';
import { int64, text } from '../../datasets/column-type.ts';
import type { Coverage } from '../../datasets/coverage.ts';

/** What the API of these tests does with its n-th request, counted from 1, about such a unit and page. */
export type Behaviour = (request: { readonly number: number; readonly unit: string; readonly page: number }) => Outcome;
type Outcome = 'ok' | 'retry' | 'token' | 'refused' | 'fatal' | { readonly quotaUntilMs: number } | 'gone';

const PAGES = 3;

/** An API of days with three pages of two rows each, counts that grow, and rows that can be taken away. */
export class PagedApi implements CollectApi {
  readonly account = 'test';
  requestsADay = 1000;
  readonly outageWaitsMs = [300];
  /** Every request that was sent, as `unit/page`. */
  readonly asked: string[] = [];
  readonly removed = new Set<string>();
  behaviour: Behaviour = () => 'ok';
  views = 1n;
  /** Held back before a request is answered; for tests that end a worker meanwhile. */
  gate: (number: number) => Promise<void> = async () => {};

  async send({ body }: { readonly body: string }): Promise<ApiReply> {
    const { unit, page } = JSON.parse(body) as { unit: string; page: number };
    this.asked.push(`${unit}/${page}`);
    const number = this.asked.length;
    await this.gate(number);
    const outcome = this.behaviour({ number, unit, page });
    const ids = [`${unit}-${page}a`, `${unit}-${page}b`].filter((id) => !this.removed.has(id));
    const now = Date.now();
    return {
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({ outcome, ids, views: Number(this.views) }),
      askedAtMs: now,
      answeredAtMs: now,
      token: 0,
    };
  }

  dropToken(): void {}

  read({ body }: ApiReply): ReadReply {
    const { outcome, ids, views } = JSON.parse(body) as { outcome: Outcome; ids: string[]; views: number };
    const base = { message: 'as the test wants it', logId: 'log-1' };
    if (typeof outcome === 'object')
      return { ...base, kind: 'quota', code: 'daily_quota', untilMs: outcome.quotaUntilMs };
    const data: JsonObject = { ids, views: BigInt(views) };
    if (outcome === 'ok') return { ...base, kind: 'ok', code: 'ok', data };
    if (outcome === 'retry') return { ...base, kind: 'retry', code: 'server_error', afterMs: 1, tries: 2 };
    if (outcome === 'fatal') return { ...base, kind: 'fatal', code: 'no_scope', advice: 'Ask for the scope.' };
    return { ...base, kind: outcome === 'token' ? 'token' : 'refused', code: outcome };
  }
}

/** Rows of days, each asked page by page; what was asked to its end isn't asked again. */
export const pagedKind: StepKind = defineStepKind({
  kind: 'test/pages',
  revision: 1,
  summary: 'Rows of an API.',
  queue: 'main',
  params: z.strictObject({ days: z.array(z.string()), topic: z.string().default('any') }),
  tuning: z.strictObject({}),
  makes: () => ({ day: text(), views: int64() }),
  collects: {
    api: 'test',
    identity: ({ topic }) => ({ topic }),
    // A row that failed has its id alone.
    keeps: ({ id }, { days }) => days.includes(id.split('-')[0]!),
    async *collect({ days }, tools) {
      const done = tools.refresh ? new Set<string>() : await tools.earlier.completeUnits();
      const coverage = { complete: 0, partial: {} as Record<string, number>, not_asked: {} as Record<string, number> };
      const count = (of: Record<string, number>, why: string) => (of[why] = (of[why] ?? 0) + 1);
      const here = new Set<string>();
      for (const day of days) {
        let [end, why]: ['complete' | 'partial' | 'not_asked', string] = ['complete', ''];
        for (let page = 0; !done.has(day) && page < PAGES && end === 'complete'; page += 1) {
          const body = JSON.stringify({ unit: day, page });
          const reply = await tools.ask({ unit: day, round: 0, page, endpoint: 'rows', fields: ['views'], body });
          if (reply.kind === 'stopped') [end, why] = [page === 0 ? 'not_asked' : 'partial', reply.why];
          else if (reply.kind === 'failed') [end, why] = ['partial', reply.code];
          else if (reply.kind === 'refused')
            yield {
              kind: 'row',
              id: `${day}-refused`,
              values: { day },
              request: reply.request,
              failure: failed(reply.code, reply.message),
            };
          else {
            tools.note(reply.request, 'looked_at');
            for (const id of reply.data['ids'] as string[]) {
              here.add(id);
              yield { kind: 'row', id, values: { day, views: reply.data['views'] as bigint }, request: reply.request };
            }
          }
        }
        if (end === 'complete') {
          if (!done.has(day)) tools.complete(day);
          coverage.complete += 1;
        } else count(coverage[end], why);
      }
      if (tools.refresh)
        for await (const { id } of tools.earlier.rows()) if (!here.has(id)) yield { kind: 'withdrawn', id };
      return { of: 'item', ...coverage } satisfies Coverage;
    },
    async estimate({ days }, earlier) {
      const done = await earlier.completeUnits();
      const left = days.filter((day) => !done.has(day)).length;
      return {
        requests: { low: left * PAGES, high: left * PAGES },
        rows: { low: left, high: days.length * PAGES * 2 },
      };
    },
  },
});
