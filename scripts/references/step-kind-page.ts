import type { StepKind } from '../../activities/step-kind.ts';
import { type Columns, type ColumnType, typeName } from '../../datasets/column-type.ts';
import { referenceIn } from '../../datasets/declaration/parameter-references.ts';
import { fixedReads } from './fixed-reads.ts';
import { GENERATED, page, table } from './markdown.ts';
import { parameterTable } from './parameter-table.ts';
import { sampleParameters } from './sample-parameters.ts';

const QUEUES = {
  main: 'any worker (queue `main`)',
  media: 'workers for media (queue `media`)',
  ai: 'workers that ask models (queue `ai`)',
  files: "the machine that holds the dataset's folder (queue `files`)",
} as const;

export const pageNameOf = (kind: string): string => `${kind.replaceAll('/', '-')}.md`;

/** The reference page of one step kind. `known` are the columns that all kinds make. */
export function stepKindPage(kind: StepKind, known: readonly ColumnType[]): string {
  const params = parameterTable(kind.params);
  const tuning = parameterTable(kind.tuning);
  return page(
    GENERATED,
    `# ${kind.kind}`,
    kind.summary,
    `Revision ${kind.revision}. ${kind.source ? 'A source: it makes the rows of the dataset and needs no step. ' : ''}Runs on ${QUEUES[kind.queue]}.`,
    '## Parameters',
    params ?? 'None.',
    params &&
      'All of them are in the cell key: a cell is computed again when one of them changes. One left at its default counts as left out.',
    tuning && '## Tuning',
    tuning && 'Written under `with` too, but never in the cell key: changing it computes nothing again.',
    tuning,
    kind.source ? null : '## Reads',
    kind.source ? null : readsOf(kind, known),
    '## Makes',
    makesOf(kind),
    ...(kind.notes ?? []),
    kind.codes && '## Cells without values',
    kind.codes &&
      table(
        ['code', 'when'],
        Object.entries(kind.codes).map(([code, when]) => [`\`${code}\``, when]),
      ),
  );
}

function readsOf(kind: StepKind, known: readonly ColumnType[]): string {
  const params = sampleParameters(kind);
  const reads = params === null ? [] : fixedReads(kind, params, known);
  const takesPrompt = Object.values(kind.params.shape).some((schema) => referenceIn(schema) === 'prompt');
  const columns = reads.map(({ role, type, required }) => [
    `\`${role}\``,
    `\`${type}\``,
    required ? 'required' : 'may be empty',
  ]);
  return page(
    columns.length === 0 ? null : `From the steps it needs:\n\n${table(['column', 'type', ''], columns)}`,
    takesPrompt ? 'The columns that the placeholders of its prompt name.' : null,
    columns.length === 0 && !takesPrompt ? 'No column: only the `id` of each row.' : null,
  ).trimEnd();
}

function makesOf(kind: StepKind): string {
  const columns = madeBy(kind);
  if (columns === 'data') return 'The columns of the data.';
  if (columns === null) return 'Columns that its parameters declare.';
  return table(
    ['column', 'type'],
    Object.entries(columns).map(([name, type]) => [`\`${name}\``, `\`${typeName(type)}\``]),
  );
}

/** Columns with the smallest parameters; `data` where only the data say, null where the parameters do. */
export function madeBy(kind: StepKind): Columns | 'data' | null {
  if (kind.inspect !== undefined) return 'data';
  const params = sampleParameters(kind);
  return params === null ? null : (kind.makes(params) ?? 'data');
}
