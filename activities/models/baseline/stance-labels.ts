/** Which of the declared labels is which side. */
export interface StanceLabels {
  readonly for: string;
  readonly against: string;
  readonly neutral: string;
}

// In this order: `no support` has `support` in it.
const SIDES: readonly (readonly [keyof StanceLabels, RegExp])[] = [
  ['neutral', /neutr|no stance|unclear|mixed|undecided|neither|indefinid|ningun|sin postura/],
  [
    'against',
    /\b(no|not|without|sin)\b.*(support|apoy|favo)|unsupport|against|oppos|anti|contra|rechaz|disagree|critic|negativ|unfavo/,
  ],
  ['for', /support|favo|\bpro\b|^pro|agree|apoy|endors|positiv/],
];

/** Null when the labels aren't one for, one against and one in between, by the words in them. */
export function stanceLabels(labels: readonly string[]): StanceLabels | null {
  const sides = new Map<keyof StanceLabels, string>();
  for (const label of labels) {
    const side = SIDES.find(([, pattern]) => pattern.test(label.toLowerCase()))?.[0];
    if (side === undefined || sides.has(side)) return null;
    sides.set(side, label);
  }
  const [forIt, against, neutral] = [sides.get('for'), sides.get('against'), sides.get('neutral')];
  return forIt === undefined || against === undefined || neutral === undefined
    ? null
    : { for: forIt, against, neutral };
}
