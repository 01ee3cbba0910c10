import pMap from 'p-map';
import { type Digest, isDigest } from '../../manifests/digest.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { SourceResult, StepResult } from '../step-result.ts';
import type { Listed } from './bucket-listing.ts';
import { digestsInText } from './named-digests.ts';
import type { Reach } from './reach.ts';

/** Keeps what a run that may not have ended has made so far, what it starts from, and what it collects by. */
export async function keepRun(store: ObjectStore, reach: Reach, run: string, listed: readonly Listed<'run'>[]) {
  const read = async (key: string) => (await store.get(key))?.bytes.toString('utf8') ?? null;
  const planText = await read(`runs/${run}/plan.json`);
  const plan = planText === null ? null : (parsed(planText) as Partial<RunPlan> | null);
  const who = `the run ${run}`;
  for (const version of [
    plan?.parent,
    plan?.merges,
    plan?.sample?.of,
    ...(plan?.steps ?? []).map(({ collect }) => collect?.from?.version),
  ])
    if (isDigest(version)) await reach.version(version, who, false);
  for (const digest of digestsInText(planText ?? '')) reach.object(digest);

  const columnsOf = (step: string): readonly string[] | 'all' =>
    plan?.steps?.find(({ name }) => name === step)?.columns.flatMap(({ name, media }) => (media ? [name] : [])) ??
    'all';
  const keepFile = (values: Digest, step: string) => {
    const columns = columnsOf(step);
    if (columns.length > 0) reach.file(values, columns, false);
  };
  await pMap(
    listed.filter(({ name }) => /^(?:results|sources)\//.test(name)),
    async ({ key, name }) => {
      const text = await read(key);
      if (text === null) return;
      for (const digest of digestsInText(text)) reach.object(digest);
      const step = name.slice(name.lastIndexOf('/') + 1).replace(/\.json$/, '');
      const result = parsed(text) as Partial<StepResult & SourceResult> | null;
      for (const each of [result, ...Object.values(result?.partitions ?? {})])
        if (isDigest(each?.snapshot?.values)) keepFile(each.snapshot.values, step);
    },
    { concurrency: 16 },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
