import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const TYPES: { readonly [type: string]: string } = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  null: 'nothing',
};

const FORMATS: { readonly [format: string]: string } = {
  date: 'a date such as 2022-11-20',
  datetime: 'a time such as 2022-11-20T12:00:00Z',
  url: 'a URL',
};

/**
 * Completes "expected …" for one issue of zod; null where the issue's own message has to say it. A schema of whole
 * numbers has to be told apart by its caller: the issue doesn't.
 */
export function expectedOf(issue: Issue, whole = false): string | null {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[whole && issue.expected === 'number' ? 'int' : issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return bounded(
        whole ? 'int' : issue.origin,
        issue.exact ? 'exactly' : issue.inclusive === false ? 'more than' : 'at least',
        issue.minimum,
      );
    case 'too_big':
      return bounded(
        whole ? 'int' : issue.origin,
        issue.exact ? 'exactly' : issue.inclusive === false ? 'less than' : 'at most',
        issue.maximum,
      );
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.message.startsWith('Invalid ') ? (FORMATS[issue.format] ?? issue.format) : issue.message;
    case 'invalid_union':
      return (
        [...new Set(issue.errors.flatMap((branch) => branch.slice(0, 1).map((first) => expectedOf(first))))].join(
          ' or ',
        ) || null
      );
    case 'invalid_key':
      return issue.issues[0] ? expectedOf(issue.issues[0]) : null;
    default:
      return null;
  }
}

function bounded(origin: string, how: string, bound: number | bigint): string {
  const n = String(bound);
  if (origin === 'string')
    return n === '1' && how === 'at least' ? 'a text that is not empty' : `${how} ${n} characters`;
  if (origin === 'array' || origin === 'set')
    return n === '1' && how === 'at least' ? 'a list that is not empty' : `${how} ${n} entries`;
  return origin === 'int' ? `a whole number, ${how} ${n}` : `a number, ${how} ${n}`;
}
