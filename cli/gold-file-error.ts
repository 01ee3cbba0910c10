import { GettokError } from '../manifests/gettok-error.ts';

const SHOWN = 20;

export interface GoldProblem {
  /** Such as `labels.csv:12`. */
  readonly place: string;
  readonly message: string;
}

/** A file of human labels that can't be compared with; its problems all at once. */
export class GoldFileError extends GettokError {
  override readonly name = 'GoldFileError';
  readonly problems: readonly GoldProblem[];
  constructor(problems: readonly GoldProblem[], count = problems.length) {
    const lines = problems.slice(0, SHOWN).map(({ place, message }) => `${place}  ${message}`);
    const more = count > lines.length ? [`… and ${count - lines.length} more`] : [];
    super(count === 1 ? lines[0]! : [`${count} problems, nothing was compared:`, ...lines, ...more].join('\n  '));
    this.problems = problems;
  }
}
