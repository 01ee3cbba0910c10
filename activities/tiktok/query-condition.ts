import { z } from 'zod';

const OPERATIONS = ['EQ', 'IN', 'GT', 'GTE', 'LT', 'LTE'] as const;
type Operation = (typeof OPERATIONS)[number];
export const VIDEO_LENGTHS = ['SHORT', 'MID', 'LONG', 'EXTRA_LONG'] as const;

interface ConditionField {
  readonly operations: readonly Operation[];
  /** What is wrong with a value of it; null when nothing is. */
  readonly fault: (value: string) => string | null;
}

const SOME: readonly Operation[] = ['EQ', 'IN'];
const fault = (pattern: RegExp, expected: string) => (value: string) =>
  pattern.test(value) ? null : `expected ${expected}`;
const idFault = fault(/^[1-9]\d{0,18}$/, 'an id: digits');
const countFault = fault(/^\d{1,18}$/, 'a whole number');
const named = (sign: string) => (value: string) =>
  value.startsWith(sign) ? `expected a name without its ${sign}` : value.trim() === '' ? 'expected a name' : null;

function dateFault(value: string): string | null {
  const iso = value.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  return iso !== value && z.iso.date().safeParse(iso).success ? null : 'expected a day such as 20221120';
}

/**
 * Fields of a condition: https://developers.tiktok.com/doc/research-api-specs-query-videos. Which operation goes with which
 * field it doesn't say: inferred from the specification of its sibling, the Virtual Compute Environment, whose ids, names and
 * regions take EQ and IN, and whose times and counts take all.
 */
export const CONDITION_FIELDS: Readonly<Record<string, ConditionField>> = {
  create_date: { operations: OPERATIONS, fault: dateFault },
  username: { operations: SOME, fault: named('@') },
  region_code: { operations: SOME, fault: fault(/^[A-Z]{2}$/, 'a region of two capital letters, such as PE') },
  video_id: { operations: SOME, fault: idFault },
  hashtag_name: { operations: SOME, fault: named('#') },
  keyword: { operations: SOME, fault: (value) => (value.trim() === '' ? 'expected a word' : null) },
  music_id: { operations: SOME, fault: idFault },
  effect_id: { operations: SOME, fault: idFault },
  video_length: {
    operations: SOME,
    fault: (value) =>
      VIDEO_LENGTHS.some((each) => each === value) ? null : `expected one of ${VIDEO_LENGTHS.join(', ')}`,
  },
  view_count: { operations: OPERATIONS, fault: countFault },
  comment_count: { operations: OPERATIONS, fault: countFault },
};

/** Texts that are values of a field. */
export const valuesOf = (field: keyof typeof CONDITION_FIELDS) =>
  z
    .array(
      z
        .string()
        .min(1)
        .superRefine((value, context) => {
          const wrong = CONDITION_FIELDS[field]!.fault(value);
          if (wrong !== null) context.addIssue({ code: 'custom', message: `it is ${JSON.stringify(value)}, ${wrong}` });
        }),
    )
    .min(1)
    .optional();

/** One condition as the API has it. Counts and days may be written as numbers; ids are text, since a number rounds them. */
export const queryCondition = z
  .strictObject({
    operation: z.enum(OPERATIONS),
    field_name: z.enum(Object.keys(CONDITION_FIELDS)),
    field_values: z.array(z.union([z.string().min(1), z.int()])).min(1),
  })
  .superRefine(({ operation, field_name, field_values }, context) => {
    const { operations, fault: faultOf } = CONDITION_FIELDS[field_name]!;
    const report = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (!operations.includes(operation))
      report(['operation'], `${field_name} can't be compared by ${operation}, expected ${operations.join(' or ')}`);
    if (operation !== 'IN' && field_values.length > 1)
      report(['field_values'], `${operation} takes one value, found ${field_values.length}; IN takes any of several`);
    for (const [index, value] of field_values.entries()) {
      const wrong = faultOf(String(value));
      if (wrong !== null) report(['field_values', index], `it is ${JSON.stringify(value)}, ${wrong}`);
    }
  });

export type QueryCondition = z.output<typeof queryCondition>;
