import { didYouMean } from '../../datasets/declaration/did-you-mean.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { printable } from '../terminal/render-table.ts';
import { WhyError } from './why-error.ts';

/** `step.column`, or `step_column` as the joined view has it, of a version. */
export function findColumn(
  { state }: Pick<Manifest, 'state'>,
  name: string,
): { readonly step: string; readonly column: string } {
  const all = Object.entries(state.steps).flatMap(([step, { columns }]) =>
    columns.map(({ name: column }) => ({ step, column })),
  );
  const found = all.find(({ step, column }) => name === `${step}.${column}` || name === `${step}_${column}`);
  if (found) return found;

  const [step = '', ...rest] = name.split('.');
  const wrong = printable(step);
  if (!Object.hasOwn(state.steps, step)) {
    const steps = Object.keys(state.steps);
    const advice =
      didYouMean(
        name,
        all.map(({ step: of, column }) => `${of}.${column}`),
      ) ?? didYouMean(step, steps);
    throw new WhyError(
      sentences(`There is no step "${wrong}" in this version.`, advice, `Steps: ${steps.join(', ')}.`),
    );
  }
  const columns = state.steps[step]!.columns.map((each) => each.name);
  const column = rest.join('.');
  const made = `${step} makes ${columns.join(', ')}.`;
  if (column === '')
    throw new WhyError(sentences(`Which column of ${step}?`, made, `Such as: gettok why <id> ${step}.${columns[0]}`));
  throw new WhyError(
    sentences(`There is no column "${printable(column)}" in ${step}.`, didYouMean(column, columns), made),
  );
}

const sentences = (...parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(' ');
