/**
 * Why a row is computed, or why a cell differs between two versions: one list of words for `plan`, `diff` and `log`, in the
 * order in which a label joins them.
 */
export const CAUSE_WORDS = [
  'first version',
  'new row',
  'input',
  'model',
  'prompt',
  'parameters',
  'output schema',
  'revision',
  'step kind',
  'new step',
  'retry',
  'not sampled',
  'withdrawn',
  'refresh',
  'source',
  'software',
  'answered again',
  'depends on',
  'removed at the source',
] as const;

export type CauseWord = (typeof CAUSE_WORDS)[number];

export interface Cause {
  readonly word: CauseWord;
  /** What it is about: inputs as `step.column`, columns of a source, names of parameters, of programs or of steps. */
  readonly names?: readonly string[];
}

/**
 * One text for everything that changed at once, such as `input (transcript.text) + model`. The same causes give the same
 * label in whatever order they were found, so that labels can be counted.
 */
export function causeLabel(causes: readonly Cause[]): string {
  if (causes.length === 0) throw new RangeError('a change without a cause');
  return causeLabels(causes).join(' + ');
}

/** The parts of that label. */
export const causeLabels = (causes: readonly Cause[]): string[] =>
  CAUSE_WORDS.flatMap((word) => {
    const found = causes.filter((cause) => cause.word === word);
    if (found.length === 0) return [];
    const names = [...new Set(found.flatMap((cause) => cause.names ?? []))].toSorted();
    return [names.length === 0 ? word : `${word} (${names.join(', ')})`];
  });
