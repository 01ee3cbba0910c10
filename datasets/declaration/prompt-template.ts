import { GettokError } from '../../manifests/gettok-error.ts';
import type { CellValue } from '../column-type.ts';

/** One `{{step.column}}` of a prompt. */
export interface Placeholder {
  readonly step: string;
  readonly column: string;
  /** Where its first brace stands, in UTF-16 code units from the start of the text. */
  readonly offset: number;
  readonly length: number;
}

/** Braces that look like a placeholder and are none. */
export interface MalformedPlaceholder {
  readonly text: string;
  readonly offset: number;
}

/** A prompt names a value that it wasn't given; `validate` finds this before anything runs. */
export class UnknownPlaceholderError extends GettokError {
  override readonly name = 'UnknownPlaceholderError';
  readonly placeholder: string;
  readonly given: readonly string[];
  constructor(placeholder: string, given: readonly string[]) {
    super(
      `The prompt names {{${placeholder}}}; there is ${given.join(', ') || 'no value'}. Correct the prompt or add to needs.`,
    );
    this.placeholder = placeholder;
    this.given = given;
  }
}

const DOUBLE_BRACES = /\{\{[^{}\n]*\}\}|\{{2,}/g;
const INSIDE = /^\{\{\s*([a-z][a-z0-9_]*)\.([^\s.](?:.*[^\s])?)\s*\}\}$/;

interface Found {
  readonly placeholders: readonly Placeholder[];
  readonly malformed: readonly MalformedPlaceholder[];
}

function scan(text: string): Found {
  const placeholders: Placeholder[] = [];
  const malformed: MalformedPlaceholder[] = [];
  for (const { 0: found, index: offset } of text.matchAll(DOUBLE_BRACES)) {
    const [, step, column] = INSIDE.exec(found) ?? [];
    if (step !== undefined && column !== undefined) placeholders.push({ step, column, offset, length: found.length });
    else malformed.push({ text: /^\{+[^{}\n]{0,40}\}*/.exec(text.slice(offset))![0], offset });
  }
  return { placeholders, malformed };
}

/** The placeholders of a prompt in the order of the text, repeated ones each time. A step name ends at the first dot. */
export const placeholdersOf = (text: string): readonly Placeholder[] => scan(text).placeholders;

/** Double braces that aren't `{{step.column}}`: no dot, a capital in the step's name, never closed. */
export const malformedPlaceholdersOf = (text: string): readonly MalformedPlaceholder[] => scan(text).malformed;

/**
 * The prompt as it is sent. `values` are keyed `step.column`. Texts go in as they are, null as `(none)`, lists and
 * structs as JSON with integers in full. Braces inside a value stay what they are: rendered once, never again.
 */
export function renderPrompt(text: string, values: { readonly [placeholder: string]: CellValue }): string {
  let rendered = '';
  let end = 0;
  for (const { step, column, offset, length } of placeholdersOf(text)) {
    const name = `${step}.${column}`;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new UnknownPlaceholderError(name, Object.keys(values));
    rendered += text.slice(end, offset) + asText(value);
    end = offset + length;
  }
  return rendered + text.slice(end);
}

function asText(value: CellValue): string {
  if (value === null) return '(none)';
  return typeof value === 'object' ? JSON.stringify(value, withWholeIntegers) : String(value);
}

// TypeScript's library doesn't know JSON.rawJSON yet (ES2026); a bigint has no other way into JSON as a number.
const rawJSON: (text: string) => unknown = Reflect.get(JSON, 'rawJSON');
const withWholeIntegers = (_key: string, value: unknown) => (typeof value === 'bigint' ? rawJSON(`${value}`) : value);
