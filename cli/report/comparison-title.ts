import type { Comparison } from '../../datasets/compare/comparison.ts';

/** `peru-2022: stance.label, v1.1.0 and v1.2.0`. */
export function comparisonTitle({ dataset, sides }: Comparison): string {
  const columns = [...new Set(sides.flatMap(({ made }) => (made ? [made.column] : [])))];
  const names = sides.map(({ name }) => name).filter((name) => !columns.includes(name));
  const listed = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('');
  return `${dataset}: ${columns.join(' and ')}${listed && `, ${listed}`}`;
}
