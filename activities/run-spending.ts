import pMap from 'p-map';
import { z } from 'zod';
import { canonicalJson } from '../manifests/canonical-json.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { runKey } from '../datasets/plan/run-plan.ts';
import type { StepResult } from '../datasets/step-result.ts';

/** Model calls that a run has paid for; calls without a known price are in no cost. */
export interface Spending {
  readonly calls: number;
  /** Billionths of a US dollar. */
  readonly costNanoUsd: bigint;
}

/** Steps that ended without a result leave what they have paid, so that the end of the run can tell. */
export const noteSpending = (
  store: ObjectStore,
  { run, partition, step }: { readonly run: string; readonly partition: string; readonly step: string },
  { calls, costNanoUsd }: { readonly calls: number; readonly costNanoUsd: string },
): Promise<void> =>
  store.put(runKey(run, `spent/${partition}/${step}.json`), Buffer.from(canonicalJson({ calls, costNanoUsd })));

const noted = z.object({ calls: z.int(), costNanoUsd: z.string() });

/** What a run that ended without a version has paid: of its finished steps, and of those that it broke off. */
export async function readSpending(store: ObjectStore, run: string): Promise<Spending> {
  const [results, broken] = await Promise.all([
    jsonIn(store, runKey(run, 'results/')),
    jsonIn(store, runKey(run, 'spent/')),
  ]);
  const paid = [...results].map(([name, json]): Spending => {
    broken.delete(name);
    const { calls, cost_nano_usd: cost } = (json as StepResult).work.paid;
    return { calls, costNanoUsd: BigInt(cost) };
  });
  for (const json of broken.values()) {
    const { calls, costNanoUsd } = noted.parse(json);
    paid.push({ calls, costNanoUsd: BigInt(costNanoUsd) });
  }
  return paid.reduce(
    (sum, { calls, costNanoUsd }) => ({ calls: sum.calls + calls, costNanoUsd: sum.costNanoUsd + costNanoUsd }),
    { calls: 0, costNanoUsd: 0n },
  );
}

async function jsonIn(store: ObjectStore, prefix: string): Promise<Map<string, unknown>> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  const objects = await pMap(keys, (key) => store.get(key), { concurrency: 16 });
  return new Map(
    objects.flatMap((object, index) =>
      object ? [[keys[index]!.slice(prefix.length), JSON.parse(object.bytes.toString('utf8')) as unknown]] : [],
    ),
  );
}
