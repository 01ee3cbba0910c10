import type { StepKind } from '../../activities/step-kind.ts';
import { GENERATED, page, table } from './markdown.ts';
import { pageNameOf } from './step-kind-page.ts';

/** The list of all step kinds. */
export const stepKindsPage = (kinds: readonly StepKind[]): string =>
  page(
    GENERATED,
    '# Step kinds',
    'What `uses` of a step may name.',
    table(
      ['kind', 'rows', 'what it does'],
      kinds.map(({ kind, source, summary }) => [`[${kind}](${pageNameOf(kind)})`, source ? 'makes them' : '', summary]),
    ),
  );
