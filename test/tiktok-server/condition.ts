import { invalidParams } from './api-error.ts';
import { isObject } from './json-text.ts';
import { refuseUnknown, shown } from './parameter.ts';
import { startOfDay } from './utc-day.ts';

export const operations = ['EQ', 'IN', 'GT', 'GTE', 'LT', 'LTE'] as const;
export type Operation = (typeof operations)[number];

export interface Condition {
  readonly operation: Operation;
  readonly field_name: FieldName;
  readonly field_values: readonly string[];
}

export interface QueryConditions {
  readonly and?: readonly Condition[];
  readonly or?: readonly Condition[];
  readonly not?: readonly Condition[];
}

interface FieldRule {
  readonly operations: readonly Operation[];
  readonly value: (text: string) => boolean;
  readonly expected: string;
}

const equality: readonly Operation[] = ['EQ', 'IN'];
const id: FieldRule = { operations: equality, value: (text) => /^[1-9]\d{0,18}$/.test(text), expected: 'a numeric id' };
const word: FieldRule = { operations: equality, value: (text) => text.trim() !== '', expected: 'a text' };
const count: FieldRule = { operations, value: (text) => /^\d{1,18}$/.test(text), expected: 'a whole number' };

/**
 * Which operations a field takes is not in the specification of this API; so it stands in the one of the sibling VCE API.
 */
const fieldRules = {
  create_date: { operations, value: (text) => startOfDay(text) !== null, expected: 'a date YYYYMMDD' },
  username: word,
  region_code: { operations: equality, value: (text) => /^[A-Z]{2}$/.test(text), expected: 'a region code such as PE' },
  video_id: id,
  hashtag_name: word,
  keyword: word,
  music_id: id,
  effect_id: id,
  video_length: {
    operations: equality,
    value: (text) => ['SHORT', 'MID', 'LONG', 'EXTRA_LONG'].includes(text),
    expected: 'SHORT, MID, LONG or EXTRA_LONG',
  },
  view_count: count,
  comment_count: count,
} as const satisfies Record<string, FieldRule>;

export type FieldName = keyof typeof fieldRules;

const isFieldName = (value: unknown): value is FieldName =>
  typeof value === 'string' && Object.hasOwn(fieldRules, value);
const isOperation = (value: unknown): value is Operation => operations.some((operation) => operation === value);

export function readConditions(value: unknown): QueryConditions {
  if (!isObject(value)) throw invalidParams(`query must be an object, got ${shown(value)}`);
  refuseUnknown(value, ['and', 'or', 'not'], 'query');
  const query = Object.fromEntries(
    Object.entries(value).map(([name, list]) => {
      if (!Array.isArray(list)) throw invalidParams(`query.${name} must be a list of conditions, got ${shown(list)}`);
      return [name, list.map((condition, index) => readCondition(condition, `query.${name}[${index}]`))];
    }),
  );
  if (Object.values(query).every((list) => list.length === 0))
    throw invalidParams('query must have at least one non-empty list of and, or, not conditions');
  return query;
}

function readCondition(value: unknown, where: string): Condition {
  if (!isObject(value)) throw invalidParams(`${where} must be an object, got ${shown(value)}`);
  refuseUnknown(value, ['operation', 'field_name', 'field_values'], where);
  const { operation, field_name: field, field_values: values } = value;
  if (!isFieldName(field)) throw invalidParams(`${where}.field_name is invalid: ${shown(field)}`);
  const rule: FieldRule = fieldRules[field];
  if (!isOperation(operation)) throw invalidParams(`${where}.operation is invalid: ${shown(operation)}`);
  if (!rule.operations.includes(operation)) throw invalidParams(`${where}: ${field} does not support ${operation}`);
  if (!Array.isArray(values) || values.length === 0)
    throw invalidParams(`${where}.field_values must be a non-empty list of strings, got ${shown(values)}`);
  if (operation !== 'IN' && values.length > 1)
    throw invalidParams(`${where}: ${operation} takes one value, got ${values.length}`);
  const texts = values.map((text: unknown) => {
    if (typeof text !== 'string') throw invalidParams(`${where}.field_values must be strings, got ${shown(text)}`);
    if (!rule.value(text)) throw invalidParams(`${where}: ${field} takes ${rule.expected}, got ${shown(text)}`);
    return text;
  });
  return { operation, field_name: field, field_values: texts };
}
