import type { Digest } from '../manifests/digest.ts';
import type { RecordedAnswer } from '../datasets/answers-file.ts';
import type { Cell } from '../datasets/cell.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { noteAnswers } from './models/answers/answer-index.ts';
import { asksModels, type StepModels } from './models/step-models.ts';
import type { WorkerServices } from './worker-services.ts';

type AnswerFiles = Pick<WorkerServices, 'blobs' | 'store' | 'files'>;

interface AnswerPlace {
  readonly dataset: string;
  readonly step: PlannedStep;
  readonly partition: string;
}

/** One file that the index leads to; null for no answers. */
async function storeAnswers(
  { blobs, store, files }: AnswerFiles,
  { dataset, partition }: AnswerPlace,
  family: string,
  answers: readonly RecordedAnswer[],
): Promise<Digest | null> {
  if (answers.length === 0) return null;
  const file = await blobs.put(await files.answers(answers));
  await noteAnswers(store, { dataset, family }, partition, file);
  return file;
}

/**
 * Stores what the journal holds beyond the cells in a file that the index alone knows. Then every answer is in a file that
 * the index leads to, and the journal's objects are dropped; `cells` must have been stored before.
 */
export async function emptyJournal(
  services: AnswerFiles,
  place: AnswerPlace,
  { book }: StepModels,
  cells: Iterable<Cell>,
): Promise<void> {
  if (!asksModels(place.step)) return;
  const { byFamily, segments } = await book.leftOver(cells);
  // A run with another model may have left them: whoever goes back to that model looks for them there.
  for (const [family, answers] of byFamily) await storeAnswers(services, place, family, answers);
  await services.store.remove(segments);
}

/**
 * Stores the raw answers of the cells made now in one file, and lets each of these cells name it. Cells of earlier runs
 * go on naming the files that they came with.
 */
export async function withAnswers(
  services: AnswerFiles,
  place: AnswerPlace,
  { book }: StepModels,
  cells: ReadonlyMap<string, Cell>,
): Promise<ReadonlyMap<string, Cell>> {
  if (!asksModels(place.step)) return cells;
  const answers = book.answersOf([...cells.values()].filter((cell) => cell.answers === undefined));
  const file = await storeAnswers(services, place, book.family, answers);
  const answered = new Set(answers.map(({ id }) => id));
  return new Map(
    [...cells].map(([id, cell]) => [
      id,
      cell.answers === undefined ? { ...cell, answers: answered.has(id) ? file : null } : cell,
    ]),
  );
}
