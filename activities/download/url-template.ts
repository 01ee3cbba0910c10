import type { CellValue } from '../../datasets/column-type.ts';
import { typeName } from '../../datasets/column-type.ts';
import { type NeededColumns, type Read, type Reads, UnreadableInputError } from '../../datasets/step-kind.ts';
import { checkedUrl } from './checked-url.ts';

/** `{id}`, `{column}`, `{step.column}`, each with what stands there when a row has nothing: `{column|text}`. */
const PLACEHOLDER = /\{([a-z][a-z0-9_]*(?:\.[^{}|]+)?)(?:\|([^{}]*))?\}/g;
const TYPES: ReadonlySet<string> = new Set(['text', 'int32', 'int64']);

/** What is wrong with a template; null when it is one. */
export function faultOfTemplate(template: string): string | null {
  const rest = template.replace(PLACEHOLDER, '');
  if (/[{}]/.test(rest)) return 'found a brace that is no placeholder; expected such as {id} or {username}';
  if (rest === template) return 'found one address for all rows; expected a placeholder such as {id} in it';
  // A column alone holds whole addresses: they are looked at row by row.
  if (rest === '' && isOnePlaceholder(template)) return null;
  const sample = checkedUrl(template.replace(PLACEHOLDER, 'x'), true);
  return typeof sample === 'string' ? `${sample} Expected such as https://www.tiktok.com/@{username}/video/{id}` : null;
}

const isOnePlaceholder = (template: string) => template.match(PLACEHOLDER)?.length === 1;

/** The columns that a template names; required where it says nothing to put in their place. */
export function templateReads(template: string, needs: NeededColumns): Reads {
  return Object.fromEntries(
    [...template.matchAll(PLACEHOLDER)].flatMap(([placeholder, name = '', fallback]) =>
      name === 'id' ? [] : [[name, readOf(placeholder, name, fallback === undefined, needs)]],
    ),
  );
}

function readOf(placeholder: string, name: string, required: boolean, needs: NeededColumns): Read {
  const [step, column] = name.includes('.') ? splitAtDot(name) : [null, name];
  const providers = Object.entries(needs).flatMap(([provider, columns]) => {
    const type = columns[column];
    if (!type || (step !== null && step !== provider)) return [];
    if (type.media || !TYPES.has(typeName(type)))
      throw new UnreadableInputError('url', `${placeholder}, ${typeName(type)}`, 'a column of text or whole numbers');
    return [{ step: provider, column, type, required }];
  });
  if (providers.length === 1) return providers[0]!;
  const steps = providers.map((provider) => provider.step).join(' and ');
  throw providers.length > 1
    ? new UnreadableInputError('url', `${placeholder}, which ${steps} make`, `{step.${column}}`)
    : new UnreadableInputError(
        'url',
        `${placeholder}, which no needed step makes`,
        'a column of a needed step, or {id}',
      );
}

function splitAtDot(name: string): [string, string] {
  const at = name.indexOf('.');
  return [name.slice(0, at), name.slice(at + 1)];
}

/**
 * The address of one row. Values are percent-encoded, so that none can leave its place in the address; a template that is
 * one placeholder and nothing else takes the whole address from its column.
 */
export function filledTemplate(template: string, id: string, inputs: { readonly [role: string]: CellValue }): string {
  const whole = template.replace(PLACEHOLDER, '') === '';
  return template.replace(PLACEHOLDER, (_placeholder, name: string, fallback: string | undefined) => {
    const value = name === 'id' ? id : inputs[name];
    const written =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? `${value}` : '';
    const text = written === '' ? (fallback ?? '') : written;
    return whole ? text.trim() : encodeURIComponent(text.toWellFormed());
  });
}
