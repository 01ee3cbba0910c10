import { typeName } from '../column-type.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Partitioning } from './declaration.ts';
import type { DraftStep } from './draft-step.ts';
import type { Complaint } from './problem.ts';
import { listed, oneOf, quoted } from './value-text.ts';
import type { WrittenDeclaration } from './written-declaration.ts';

/** Names of the types that can hold a time. */
const TIMES: ReadonlySet<string> = new Set(['text', 'int32', 'int64']);

type Steps = ReadonlyMap<string, DraftStep>;

/** Reports columns under `release.public` that no step makes, and those named twice. */
export function checkPublicColumns(written: WrittenDeclaration, columns: readonly string[], steps: Steps): void {
  for (const [index, column] of columns.entries()) {
    const complaint =
      columns.indexOf(column) < index ? { message: `${quoted(column)} is public twice` } : unmade(column, steps);
    if (complaint !== null) written.report(['release', 'public', index], { found: column, ...complaint });
  }
}

function unmade(mention: string, steps: Steps): Complaint | null {
  if (mention === 'id') return null;
  const [, name, column] = /^([^.]+)\.(.+)$/.exec(mention) ?? [];
  if (name === undefined || column === undefined)
    return {
      message: `${quoted(mention)} names no column`,
      expected: 'id or step.column',
      suggestion: didYouMean(mention, ['id']),
    };
  const step = steps.get(name);
  if (step === undefined)
    return {
      message: `no step ${name}`,
      expected: oneOf([...steps.keys()]),
      suggestion: didYouMean(name, steps.keys()),
    };
  if (step.makes === null || Object.hasOwn(step.makes, column)) return null;
  const made = Object.keys(step.makes);
  return {
    message: `step ${name} makes no column ${column}`,
    expected: oneOf(made),
    suggestion: didYouMean(column, made),
  };
}

/** Reports a partition column that the source step doesn't make, or that can't hold times. */
export function checkPartition(
  written: WrittenDeclaration,
  partition: Partitioning,
  source: DraftStep | undefined,
): void {
  if ('buckets' in partition || !source?.makes) return;
  const { by } = partition;
  const path = ['partition', 'by'];
  const type = Object.hasOwn(source.makes, by) ? source.makes[by] : undefined;
  if (type === undefined) {
    const made = Object.keys(source.makes);
    const expected = `a column of step ${source.name}: ${listed(made)}`;
    written.report(path, {
      message: `no column ${quoted(by)} to partition by`,
      found: by,
      expected,
      suggestion: didYouMean(by, made),
    });
  } else if (!TIMES.has(typeName(type)))
    written.report(path, {
      message: `column ${by} can't hold times`,
      found: by,
      expected: 'seconds since 1970 (a whole number) or an ISO 8601 text',
    });
}
