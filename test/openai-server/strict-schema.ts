import { invalidRequest } from './openai-error.ts';
import { isObject } from './parameter-rule.ts';

// OpenAI's "Supported schemas" for strict structured output; other keywords are refused as "not permitted".
const permitted = new Set(
  (
    'type properties required additionalProperties items enum const anyOf $ref $defs definitions description title ' +
    '$schema pattern format multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems'
  ).split(' '),
);
const types = ['string', 'number', 'boolean', 'integer', 'object', 'array', 'null'];
const formats = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'];
const limits = {
  properties: 5000,
  nesting: 10,
  enumValues: 1000,
  characters: 120_000,
  bigEnum: 250,
  bigEnumCharacters: 15_000,
};

interface Totals {
  properties: number;
  enumValues: number;
  characters: number;
}

/** Throws what `strict: true` makes OpenAI refuse; `name` is the `json_schema.name`. */
export function checkStrictSchema(name: string, schema: Record<string, unknown>): void {
  const refuse = (reason: string): never => {
    throw invalidRequest(`Invalid schema for response_format '${name}': ${reason}`, 'response_format', null);
  };
  const totals: Totals = { properties: 0, enumValues: 0, characters: 0 };
  if (schema.anyOf !== undefined) refuse("schema must have type 'object' and not have 'anyOf' at the top level.");
  if (schema.type !== 'object') {
    refuse(`schema must be a JSON Schema of 'type: "object"', got 'type: ${JSON.stringify(schema.type ?? 'None')}'.`);
  }
  checkNode(schema, [], 0, { root: schema, totals, refuse });
  if (totals.properties > limits.properties) refuse(`more than ${limits.properties} object properties.`);
  if (totals.enumValues > limits.enumValues) refuse(`more than ${limits.enumValues} enum values.`);
  if (totals.characters > limits.characters)
    refuse(`names and enum values of more than ${limits.characters} characters.`);
}

interface Check {
  readonly root: Record<string, unknown>;
  readonly totals: Totals;
  readonly refuse: (reason: string) => never;
}

function checkNode(node: unknown, path: readonly string[], nesting: number, check: Check): void {
  const context = `In context=(${path.map((step) => `'${step}'`).join(', ')}${path.length === 1 ? ',' : ''}),`;
  const refuse = (reason: string): never => check.refuse(`${context} ${reason}`);
  if (!isObject(node)) return refuse(`${JSON.stringify(node)} is not of type 'object', 'boolean'.`);
  for (const keyword in node) if (!permitted.has(keyword)) refuse(`'${keyword}' is not permitted.`);
  if (nesting > limits.nesting) refuse(`more than ${limits.nesting} levels of nesting.`);

  for (const definitions of ['$defs', 'definitions']) {
    for (const [name, definition] of Object.entries(node[definitions] ?? {})) {
      check.totals.characters += name.length;
      checkNode(definition, [...path, definitions, name], nesting, check);
    }
  }
  if (node.$ref !== undefined) {
    if (typeof node.$ref !== 'string' || schemaAt(node.$ref, check.root) === undefined) {
      refuse(`reference to component ${JSON.stringify(node.$ref)} which was not found in the schema.`);
    }
    return;
  }
  if (Array.isArray(node.anyOf)) {
    node.anyOf.forEach((option, index) => checkNode(option, [...path, 'anyOf', String(index)], nesting, check));
    return;
  }
  countEnum(node, check.totals, refuse);
  const nodeTypes: unknown[] = Array.isArray(node.type) ? node.type : [node.type];
  if (node.type === undefined && node.enum === undefined && node.const === undefined) {
    refuse("schema must have a 'type' key.");
  }
  for (const type of nodeTypes) {
    if (type !== undefined && !types.some((known) => known === type))
      refuse(`${JSON.stringify(type)} is not a valid type.`);
  }
  if (node.format !== undefined && !formats.some((known) => known === node.format)) {
    refuse(`${JSON.stringify(node.format)} is not a valid format.`);
  }
  if (nodeTypes.includes('object')) checkObject(node, path, nesting, check, refuse);
  if (nodeTypes.includes('array')) {
    if (node.items === undefined) refuse('array schema missing items.');
    checkNode(node.items, [...path, 'items'], nesting + 1, check);
  }
}

function checkObject(
  node: Record<string, unknown>,
  path: readonly string[],
  nesting: number,
  check: Check,
  refuse: (reason: string) => never,
): void {
  if (node.additionalProperties !== false) {
    refuse("'additionalProperties' is required to be supplied and to be false.");
  }
  const properties = isObject(node.properties) ? node.properties : {};
  const required: unknown[] = Array.isArray(node.required) ? node.required : [];
  for (const name in properties) {
    if (!required.includes(name)) {
      refuse(
        `'required' is required to be supplied and to be an array including every key in properties. Missing '${name}'.`,
      );
    }
    check.totals.properties += 1;
    check.totals.characters += name.length;
    checkNode(properties[name], [...path, 'properties', name], nesting + 1, check);
  }
  for (const name of required) {
    if (!Object.hasOwn(properties, String(name))) refuse(`Extra required key '${String(name)}' supplied.`);
  }
}

function countEnum(node: Record<string, unknown>, totals: Totals, refuse: (reason: string) => never): void {
  if (node.const !== undefined) totals.characters += JSON.stringify(node.const).length;
  if (node.enum === undefined) return;
  if (!Array.isArray(node.enum) || node.enum.length === 0) return refuse("'enum' must be an array that is not empty.");
  const characters = node.enum.reduce((sum: number, value) => sum + String(value).length, 0);
  totals.enumValues += node.enum.length;
  totals.characters += characters;
  if (node.enum.length > limits.bigEnum && characters > limits.bigEnumCharacters) {
    refuse(`an enum of more than ${limits.bigEnum} values has more than ${limits.bigEnumCharacters} characters.`);
  }
}

/** The part of the schema that a reference such as `#` or `#/$defs/person` names. */
export function schemaAt(reference: string, root: Record<string, unknown>): Record<string, unknown> | undefined {
  if (!reference.startsWith('#')) return undefined;
  let node: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    node = isObject(node) ? node[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  return isObject(node) ? node : undefined;
}
