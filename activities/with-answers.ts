import type { Cell } from '../datasets/cell.ts';
import { modelOf } from '../datasets/plan/cost-forecast.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { noteAnswers } from './models/answers/answer-index.ts';
import { asksModels, type StepModels } from './models/step-models.ts';
import type { WorkerServices } from './worker-services.ts';

/**
 * Stores what the journal holds beyond the cells in a file that the index alone knows; returns the objects of earlier
 * runs' journals that are no longer needed then.
 */
export async function keepLeftOver(
  { blobs, store, files }: Pick<WorkerServices, 'blobs' | 'store' | 'files'>,
  { dataset, step, partition }: { readonly dataset: string; readonly step: PlannedStep; readonly partition: string },
  { book }: StepModels,
  cells: Iterable<Cell>,
): Promise<readonly string[]> {
  if (!asksModels(step)) return [];
  const { answers, segments } = await book.leftOver(cells);
  if (answers.length > 0) {
    const file = await blobs.put(await files.answers(answers));
    await noteAnswers(store, { dataset, step, model: modelOf(step)! }, partition, file);
  }
  return segments;
}

/**
 * Stores the raw answers of the cells made now in one file, and lets each of these cells name it. Cells of earlier runs
 * go on naming the files that they came with.
 */
export async function withAnswers(
  { blobs, store, files }: Pick<WorkerServices, 'blobs' | 'store' | 'files'>,
  { dataset, step, partition }: { readonly dataset: string; readonly step: PlannedStep; readonly partition: string },
  { book }: StepModels,
  cells: ReadonlyMap<string, Cell>,
): Promise<ReadonlyMap<string, Cell>> {
  if (!asksModels(step)) return cells;
  const answers = book.answersOf([...cells.values()].filter((cell) => cell.answers === undefined));
  const file = answers.length === 0 ? null : await blobs.put(await files.answers(answers));
  if (file !== null) await noteAnswers(store, { dataset, step, model: modelOf(step)! }, partition, file);
  const answered = new Set(answers.map(({ id }) => id));
  return new Map(
    [...cells].map(([id, cell]) => [
      id,
      cell.answers === undefined ? { ...cell, answers: answered.has(id) ? file : null } : cell,
    ]),
  );
}
