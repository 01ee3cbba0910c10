import { type Cell, NOT_SAMPLED } from '../../datasets/cell.ts';
import { type ColumnJson, columnsFromJson } from '../../datasets/column-type.ts';
import { readCells } from '../../datasets/step-files.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { TestProject } from './test-project.ts';

export type PlacedCell = Cell & { readonly partition: string };
/** Cells of a version, by step and id. */
export type Cells = ReadonlyMap<string, ReadonlyMap<string, PlacedCell>>;
/** The cells that runs of a dataset have made so far, whatever became of their versions: where, by row and cell key. */
export class MadeCells {
  readonly #partitions = new Map<string, Set<string>>();
  readonly #last = new Map<string, Cell['status']>();

  add({ id, cellKey, partition, status, errorCode }: PlacedCell): void {
    if (errorCode === NOT_SAMPLED) return;
    const key = `${id} ${cellKey}`;
    this.#partitions.set(key, (this.#partitions.get(key) ?? new Set()).add(partition));
    if (this.#last.get(key) !== 'ok') this.#last.set(key, status);
  }

  has = ({ id, cellKey }: Cell): boolean => this.#partitions.has(`${id} ${cellKey}`);
  /** Where the engine finds it, and made for good. */
  hasHere({ id, cellKey, partition }: PlacedCell): boolean {
    const key = `${id} ${cellKey}`;
    return this.#partitions.get(key)?.has(partition) === true && this.#last.get(key) !== 'failed';
  }
}

export async function cellsOf({ services: { blobs, database } }: TestProject, { state }: Manifest): Promise<Cells> {
  const found = new Map<string, Map<string, PlacedCell>>();
  for (const [name, step] of Object.entries(state.steps)) {
    const cells = new Map<string, PlacedCell>();
    for (const [partition, { values, provenance }] of Object.entries(step.partitions)) {
      const paths = { values: await blobs.file(values), provenance: await blobs.file(provenance) };
      for (const cell of await readCells(database, paths, columnsFromJson(step.columns as readonly ColumnJson[])))
        cells.set(cell.id, { ...cell, partition });
    }
    found.set(name, cells);
  }
  return found;
}
