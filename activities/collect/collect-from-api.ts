import pMap from 'p-map';
import type { Coverage } from '../../datasets/coverage.ts';
import { partitionOf } from '../../datasets/partition.ts';
import type { PlannedCollect, PlannedStep } from '../../datasets/plan/run-plan.ts';
import { type LoggedRequest, writeRequestLog } from '../../datasets/request-log.ts';
import { type StagedRow, stageRows } from '../../datasets/row-staging.ts';
import { NO_STATUS } from '../../datasets/status-counts.ts';
import type { SourceResult } from '../../datasets/step-result.ts';
import { NOTHING_ASKED } from '../models/step-meter.ts';
import type { RunState } from '../run-state.ts';
import { storeSourcePartitions } from '../source-partitions.ts';
import type { Collects } from '../step-kind.ts';
import type { Waiting } from '../wait-for-provider.ts';
import type { ActivityScope, WorkerServices } from '../worker-services.ts';
import type { CollectTools } from './collect-tools.ts';
import { type CollectResume, CollectWait, readCollectResume, writeCollectResume } from './collect-wait.ts';
import { createAsker } from './create-asker.ts';
import { openDailyQuota } from './daily-quota.ts';
import { openEarlierCollection, type OpenEarlier } from './earlier-collection.ts';
import { logLine } from './log-line.ts';
import { readSeeds } from './read-seeds.ts';
import { openRequestJournal, type RequestJournal } from './request-journal.ts';

interface Collection {
  readonly step: PlannedStep;
  readonly collects: Collects;
  readonly collect: PlannedCollect;
  readonly resume: string | undefined;
}

/**
 * Asks an API for the rows of a source, puts them together with those that the parent version has already, and writes the
 * partitions and the log of requests. Begun anew after a kill or a wait, it asks only for what the journal hasn't.
 */
export async function collectFromApi(
  services: WorkerServices,
  state: RunState,
  { step, collects, collect, resume: resumeText }: Collection,
  scope: ActivityScope,
): Promise<SourceResult | Waiting> {
  const { plan, parent } = state;
  const api = services.api(collects.api);
  const place = { dataset: plan.dataset, step: step.name, identity: collect.identity, refresh: collect.refresh };
  const journal = await openRequestJournal(services.store, place);
  const resume = readCollectResume(resumeText);
  const lines = new Map<string, LoggedRequest>();
  const asker = createAsker({
    api,
    journal,
    quota: openDailyQuota(services.store, { api: collects.api, ...api }),
    run: plan.run,
    signal: scope.signal,
    maxRequests: plan.maxRequests,
    refresh: collect.refresh,
    resume,
    seen: (entry, data) => lines.set(entry.request, logLine(entry, collect.identity, data)),
  });
  const earlier = openEarlierCollection(services, parent, step.name, collect.identity);
  const seeds = collect.from ? await readSeeds(services, collect.from) : [];
  const progress = { step: step.name, partition: null, rows: 0, done: 0, computed: 0, reused: 0 };
  const look = () => ({
    ...progress,
    ...NO_STATUS,
    ...NOTHING_ASKED,
    requests: { sent: asker.sent, left: asker.left },
  });
  const beat = setInterval(() => scope.heartbeat(look()), 1000);
  const gathering = gather({
    collects,
    step,
    seeds,
    earlier,
    came: () => (progress.rows += 1),
    tools: {
      tuning: step.tuning,
      signal: scope.signal,
      startedAtMs: Number(plan.startedAt),
      refresh: collect.refresh,
      onDeleted: collect.onDeleted,
      askAgain: step.askAgain,
      earlier,
      seeds: () => Promise.resolve(seeds),
      ask: (request) => asker.ask(request),
    },
  });
  try {
    await using staged = await stageRows(gathering.rows(), (row) => partitionOf(plan.partition, row), {
      folder: services.scratchFolder,
      repeats: 'last',
    });
    const partitions = await storeSourcePartitions(services, state, step, staged, {
      signal: scope.signal,
      stored: (stored) => (progress.done += stored),
    });
    const { coverage, complete, abandoned, notes } = gathering.end();
    const log = await wholeLog({ journal, lines, earlier, query: collect.identity, complete, abandoned, notes });
    return await state.putSource(step.name, {
      partitions,
      collection: {
        identity: collect.identity,
        log: await services.blobs.put(await writeRequestLog(log)),
        requests: log.length,
        coverage: coverage as NonNullable<SourceResult['collection']>['coverage'],
        ...(collect.from && { from: collect.from }),
      },
      journal: droppable(journal, { run: plan.run, lines, ended: complete.union(abandoned), coverage }),
    });
  } catch (error) {
    if (!(error instanceof CollectWait)) throw error;
    const { what, untilMs, why } = error;
    const next: CollectResume =
      what === 'quota'
        ? resume
        : { outages: resume.outages + 1, failedSince: asker.failingSince, failedUntil: Date.now() };
    return { kind: 'wait', for: what, untilMs, why, progress: look(), resume: writeCollectResume(next) };
  } finally {
    clearInterval(beat);
  }
}

interface Gathering {
  readonly collects: Collects;
  readonly step: PlannedStep;
  readonly seeds: readonly string[];
  readonly earlier: OpenEarlier;
  readonly tools: Omit<CollectTools, 'complete' | 'abandon' | 'note'>;
  readonly came: () => void;
}

/** Rows as they come, then those of the parent that nothing new took the place of. */
function gather({ collects, step, seeds, earlier, tools, came }: Gathering) {
  const complete = new Set<string>();
  const abandoned = new Set<string>();
  const notes = new Map<string, Map<string, number>>();
  let coverage: Coverage | undefined;
  const asked = collects.collect(step.params, {
    ...tools,
    complete: (unit) => complete.add(unit),
    abandon: (unit) => abandoned.add(unit),
    note(request, what, count = 1) {
      const counts = notes.get(request) ?? new Map<string, number>();
      notes.set(request, counts.set(what, (counts.get(what) ?? 0) + count));
    },
  });
  return {
    async *rows(): AsyncGenerator<StagedRow> {
      const replaced = new Set<string>();
      for (let next = await asked.next(); ; next = await asked.next()) {
        if (next.done === true) {
          coverage = next.value;
          break;
        }
        const collected = next.value;
        replaced.add(collected.id);
        if (collected.kind === 'withdrawn') continue;
        came();
        const { id, values, request, failure } = collected;
        const place = request === '' ? 'not asked for' : `request ${request}`;
        yield { id, values, place, ...(failure && { failure: plain(failure) }) };
      }
      const wanted = new Set(seeds);
      for await (const row of earlier.rows()) {
        if (replaced.has(row.id) || !collects.keeps(row, step.params, wanted)) continue;
        came();
        const { id, values, status, errorCode } = row;
        const failure = status === 'ok' ? null : { status, code: errorCode!, message: null };
        yield { id, values, place: 'an earlier version', carried: true, ...(failure && { failure }) };
      }
    },
    end() {
      if (!coverage) throw new Error('the rows were not read to their end');
      return { coverage, complete, abandoned, notes };
    },
  };
}

/** What the structured clone algorithm takes. */
const plain = ({ status, code, message }: NonNullable<StagedRow['failure']>) => ({ status, code, message });

interface LogParts {
  readonly journal: RequestJournal;
  /** Of the requests that were met this time. */
  readonly lines: ReadonlyMap<string, LoggedRequest>;
  readonly earlier: OpenEarlier;
  readonly query: string;
  readonly complete: ReadonlySet<string>;
  readonly abandoned: ReadonlySet<string>;
  readonly notes: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Every request of the parent's log and of the journal, once; with what this run found out about them. */
async function wholeLog({
  journal,
  lines,
  earlier,
  query,
  complete,
  abandoned,
  notes,
}: LogParts): Promise<LoggedRequest[]> {
  const log = new Map((await earlier.log()).map((line) => [line.request, line]));
  // What was once asked to its end, and whose rows left, is to be asked again when it comes back.
  for (const [name, line] of log)
    if (line.completes && abandoned.has(line.unit)) log.set(name, { ...line, completes: false });
  const unmet = journal.entries().filter(({ request }) => !lines.has(request) && !log.has(request));
  const entries = await pMap(unmet, (name) => journal.read(name), { concurrency: 8 });
  for (const entry of entries) if (entry) log.set(entry.request, logLine(entry, query, null));
  for (const line of lines.values()) log.set(line.request, line);

  const last = new Map<string, LoggedRequest>();
  for (const line of lines.values()) {
    const before = last.get(line.unit);
    const later = !before || line.round > before.round || (line.round === before.round && line.page >= before.page);
    if (line.code === 'ok' && later) last.set(line.unit, line);
  }
  for (const [unit, line] of last) if (complete.has(unit)) log.set(line.request, { ...line, completes: true });
  for (const [request, counts] of notes) {
    const line = log.get(request);
    if (line) log.set(request, { ...line, notes: [...counts].map(([what, count]) => ({ what, count })) });
  }
  return [...log.values()];
}

interface Ended {
  readonly run: string;
  readonly lines: ReadonlyMap<string, LoggedRequest>;
  /** Units whose pages are needed no more. */
  readonly ended: ReadonlySet<string>;
  readonly coverage: Coverage;
}

/**
 * Entries that the next run needs no more: all but the pages of units that have not come to their end, and those of other
 * runs that this one had no use for, since a branch at work or the next run may have.
 */
function droppable(journal: RequestJournal, { run, lines, ended, coverage }: Ended): string[] {
  const open = Object.keys(coverage.partial).length > 0 || Object.keys(coverage.not_asked).length > 0;
  return journal
    .entries()
    .filter(({ request, kind, run: by }) => {
      const line = lines.get(request);
      if (!line) return kind !== 'ok' || by === run;
      return !(open && kind === 'ok' && !ended.has(line.unit));
    })
    .map(({ key }) => key);
}
