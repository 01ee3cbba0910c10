import pMap from 'p-map';
import type { ObjectStore } from '../manifests/object-store.ts';
import { journalPrefix } from './models/answers/answer-journal.ts';
import { asksModels } from './models/step-models.ts';
import type { RunState } from './run-state.ts';

/**
 * Removes what a finished run has left in journals: requests of its collection, notes of batches, and answers that an
 * attempt taken for lost wrote after another had made the partition. Other runs may be at work on the same steps: theirs
 * stay.
 */
export async function dropJournals(store: ObjectStore, state: RunState): Promise<void> {
  const { dataset, run, steps } = state.plan;
  const { journal = [] } = await state.source();
  await store.remove(journal);
  // The run isn't over before: a step's objects needn't wait for another's.
  await pMap(
    steps.filter(asksModels),
    async (step) => {
      const own: string[] = [];
      for await (const { key } of store.list(journalPrefix({ dataset, step: step.name, partition: null })))
        if (key.includes(`/${run}/`)) own.push(key);
      await store.remove(own);
    },
    { concurrency: 4 },
  );
}
