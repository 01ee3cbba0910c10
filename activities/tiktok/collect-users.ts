import type { Coverage } from '../../datasets/coverage.ts';
import type { Collected, CollectTools } from '../collect/collect-tools.ts';
import { failed } from '../step-kind.ts';
import { deleted } from './confirm-missing.ts';
import { earlierRows, isToBeAsked, ItemLedger, longestAgoFirst } from './item-ledger.ts';
import { type Note, readFields } from './read-fields.ts';
import { RefusalWatch } from './refusal-watch.ts';
import { USER_FIELDS } from './user-fields.ts';

/** The API's words for accounts that it has nothing of; any other refusal may be about the request. */
const TERMINAL: ReadonlySet<string> = new Set(['user_not_found', 'user_not_available']);

/** Accounts by their names: a row each, also for those that the API tells nothing of. */
export async function* collectUsers(
  usernames: readonly string[],
  tools: CollectTools,
): AsyncGenerator<Collected, Coverage> {
  const ledger = new ItemLedger();
  const watch = new RefusalWatch('users');
  const earlier = await earlierRows(tools, new Set(usernames));
  const names = await longestAgoFirst(tools, new Set(usernames), (name) => name);
  for (const [index, username] of names.entries()) {
    const before = earlier.get(username);
    if (!isToBeAsked(before, tools)) {
      ledger.complete();
      continue;
    }
    const reply = await tools.ask({
      unit: username,
      round: 0,
      page: 0,
      endpoint: 'user/info',
      fields: [...USER_FIELDS.keys()],
      // A name is a stranger's text: it goes nowhere but into JSON.
      body: JSON.stringify({ username }),
    });
    if (reply.kind === 'stopped') {
      for (const name of names.slice(index))
        if (isToBeAsked(earlier.get(name), tools)) ledger.left(earlier.has(name), reply.why);
        else ledger.complete();
      break;
    }
    const { request } = reply;
    if (reply.kind === 'ok') {
      watch.answered();
      const note: Note = (what) => tools.note(request, what);
      const read = readFields(reply.data, { types: USER_FIELDS, apart: ['username'] }, note);
      if (Object.values(read).every((value) => value === null)) note('no_fields');
      const observed_at = BigInt(Math.floor(reply.answeredAtMs / 1000));
      yield { kind: 'row', id: username, values: { ...read, observed_at, deleted_at: null }, request };
      tools.complete(username);
      ledger.complete();
    } else if (reply.kind === 'refused') {
      if (TERMINAL.has(reply.code)) watch.answered();
      else watch.refused(reply.code, reply.message);
      ledger.complete();
      // An account that was there: gone when the API can't find it, else as it was last observed.
      if (before?.status !== 'ok')
        yield { kind: 'row', id: username, values: {}, request, failure: failed(reply.code, reply.message) };
      else if (reply.code === 'user_not_found' && typeof before.values['deleted_at'] !== 'bigint')
        yield deleted(tools, { id: username, values: before.values }, { request, observedAt: refusedAt(tools) });
    } else ledger.failed(before !== undefined, reply.code);
  }
  return ledger.coverage();
}

/** A refusal comes without its time; the run's is the same whenever the run is resumed. */
const refusedAt = ({ startedAtMs }: CollectTools): bigint => BigInt(Math.floor(startedAtMs / 1000));
