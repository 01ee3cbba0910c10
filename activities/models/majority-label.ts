import type { Classification } from './model-engine.ts';
import { NotMade } from '../step-kind.ts';

/** What several answers to one question come to. */
export interface Majority {
  /** The label most often given; null when several are given equally often. */
  readonly label: string | null;
  /** Of the first answer with that label; null without one. */
  readonly rationale: string | null;
  /** Share of the answers, failed ones apart, that gave the most frequent label. */
  readonly agreement: number;
}

/** Null when there is no answer among them. */
export function majorityLabel(repeats: readonly (Classification | NotMade)[]): Majority | null {
  const answers = repeats.filter((repeat): repeat is Classification => !(repeat instanceof NotMade));
  if (answers.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { label } of answers) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const [label, tied] = [...counts].filter(([, count]) => count === most).map(([name]) => name);
  const first = tied === undefined ? answers.find((answer) => answer.label === label) : undefined;
  return { label: first?.label ?? null, rationale: first?.rationale ?? null, agreement: most / answers.length };
}
