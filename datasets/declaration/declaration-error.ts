import { GettokError } from '../../manifests/gettok-error.ts';
import type { Problem } from './problem.ts';
import { renderProblems } from './render-problems.ts';

/** Everything that is wrong with a declaration, in the order of its files. Nothing was run. */
export class DeclarationError extends GettokError {
  override readonly name = 'DeclarationError';
  readonly problems: readonly Problem[];
  /** Texts of the files that problems point into, without what must not be shown (a key pasted into the file). */
  readonly sources: ReadonlyMap<string, string>;
  constructor(problems: readonly Problem[], sources: ReadonlyMap<string, string>) {
    super(renderProblems(problems, { colour: false, width: 120, sources }));
    this.problems = problems;
    this.sources = sources;
  }
}

/** There is no `dataset.yaml` where it was looked for. */
export class DeclarationNotFoundError extends GettokError {
  override readonly name = 'DeclarationNotFoundError';
  readonly file: string;
  constructor(file: string) {
    super(`There is no ${file}. Name the folder of a dataset.yaml, or make one with  gettok init`);
    this.file = file;
  }
}
