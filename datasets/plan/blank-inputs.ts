import { sha256 } from '../../manifests/digest.ts';
import type { CellValue, TypeJson } from '../column-type.ts';
import type { PlannedStep, RunPlan } from './run-plan.ts';

/** Inputs as no row has them: every text is `text`, every image the same, to find what of a request is always there. */
export function blankInputs(step: PlannedStep, plan: RunPlan, text: string): { readonly [role: string]: CellValue } {
  const roles = Object.entries(step.reads).map(([role, read]): [string, CellValue] => {
    const columns = plan.steps.find(({ name }) => name === read.step)?.columns ?? [];
    const { type, media } = columns.find(({ name }) => name === read.column)!;
    return [role, blank(type, media === undefined ? text : sha256(''))];
  });
  return Object.fromEntries(roles);
}

function blank(type: TypeJson, text: string): CellValue {
  if (type === 'text') return text;
  if (type === 'bool') return text === '';
  if (type === 'int64') return BigInt(text.length);
  if (typeof type === 'string') return text.length;
  if ('list' in type) return text === '' ? [] : [blank(type.list, text)];
  return Object.fromEntries(Object.entries(type.struct).map(([field, of]) => [field, blank(of, text)]));
}
