import type { DigestPicker } from './digest-picker.ts';
import { notPlayed } from './openai-error.ts';
import { isObject } from './parameter-rule.ts';
import { schemaAt } from './strict-schema.ts';

type Schema = Record<string, unknown>;

const formatted: Readonly<Record<string, (pick: DigestPicker) => string>> = {
  'date-time': (pick) => `2023-0${1 + pick.below(9)}-1${pick.below(10)}T1${pick.below(10)}:00:00Z`,
  date: (pick) => `2023-0${1 + pick.below(9)}-1${pick.below(10)}`,
  time: (pick) => `1${pick.below(10)}:00:00Z`,
  duration: (pick) => `PT${1 + pick.below(59)}S`,
  email: (pick) => `person${pick.below(1000)}@example.org`,
  hostname: (pick) => `host${pick.below(1000)}.example.org`,
  ipv4: (pick) => `192.0.2.${pick.below(256)}`,
  ipv6: (pick) => `2001:db8::${pick.below(10_000)}`,
  uuid: (pick) => `00000000-0000-4000-8000-${String(pick.below(1_000_000)).padStart(12, '0')}`,
};

/** A value that the schema allows, chosen by digest: what a model under `strict: true` is bound to return. */
export function answerToSchema(schema: Schema, pick: DigestPicker): unknown {
  return valueOf(schema, pick, schema, 0);
}

function valueOf(schema: unknown, pick: DigestPicker, root: Schema, depth: number): unknown {
  if (!isObject(schema)) return pick.words(2);
  if (depth > 40) throw notPlayed('a schema that never ends; give the server an answer for it');
  if (schema.allOf !== undefined) throw notPlayed('a default answer to allOf; give the server an answer for it');
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return pick.oneOf(schema.enum);
  if (typeof schema.$ref === 'string') return valueOf(schemaAt(schema.$ref, root), pick, root, depth + 1);
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) return valueOf(oneOption(options, pick, depth), pick, root, depth + 1);
  return valueOfType(oneType(schema, pick, depth), schema, pick, root, depth);
}

// Past this depth a recursive schema is brought to its end: null, or an empty list.
const deep = 6;

const oneOption = (options: readonly unknown[], pick: DigestPicker, depth: number): unknown =>
  (depth > deep && options.find((option) => isObject(option) && option.type === 'null')) || pick.oneOf(options);

function oneType(schema: Schema, pick: DigestPicker, depth: number): unknown {
  if (!Array.isArray(schema.type)) return schema.type ?? (schema.properties === undefined ? 'string' : 'object');
  return depth > deep && schema.type.includes('null') ? 'null' : pick.oneOf(schema.type);
}

function valueOfType(type: unknown, schema: Schema, pick: DigestPicker, root: Schema, depth: number): unknown {
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return pick.below(2) === 1;
    case 'integer':
    case 'number':
      return numberOf(schema, type, pick);
    case 'array': {
      const fewest = Number(schema.minItems ?? 0);
      const most = Math.max(fewest, Math.min(Number(schema.maxItems ?? 3), depth > deep ? 0 : fewest + 3));
      const length = fewest + pick.below(most - fewest + 1);
      return Array.from({ length }, () => valueOf(schema.items, pick, root, depth + 1));
    }
    case 'object': {
      const properties = isObject(schema.properties) ? schema.properties : {};
      return Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, valueOf(property, pick, root, depth + 1)]),
      );
    }
    default:
      return stringOf(schema, pick);
  }
}

function numberOf(schema: Schema, type: 'integer' | 'number', pick: DigestPicker): number {
  const step = Number(schema.multipleOf ?? (type === 'integer' ? 1 : 0.25));
  const least = lowest(schema, step);
  const greatest = highest(schema, step) ?? Math.max(least ?? 0, 0) + 100;
  const first = least ?? Math.min(0, greatest - 100);
  const from = Math.ceil(first / step);
  const to = Math.floor(greatest / step);
  // No multiple of the step between the bounds: with a step of our own choice any number between them will do.
  if (to < from && type === 'number' && schema.multipleOf === undefined) return (first + greatest) / 2;
  return (from + pick.below(Math.min(to - from + 1, 1000))) * step;
}

const lowest = (schema: Schema, step: number): number | undefined => {
  if (typeof schema.exclusiveMinimum === 'number') return schema.exclusiveMinimum + step;
  return typeof schema.minimum === 'number' ? schema.minimum : undefined;
};
const highest = (schema: Schema, step: number): number | undefined => {
  if (typeof schema.exclusiveMaximum === 'number') return schema.exclusiveMaximum - step;
  return typeof schema.maximum === 'number' ? schema.maximum : undefined;
};

function stringOf(schema: Schema, pick: DigestPicker): string {
  const text = formatted[String(schema.format)]?.(pick) ?? pick.words(3 + pick.below(8));
  if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern, 'u').test(text)) {
    throw notPlayed(`a default answer for the pattern ${schema.pattern}; give the server an answer for it`);
  }
  // JSON Schema counts characters, and half an emoji would not be text.
  const characters = Array.from(text.padEnd(Number(schema.minLength ?? 0), '.'));
  return characters.slice(0, Number(schema.maxLength ?? characters.length)).join('');
}
