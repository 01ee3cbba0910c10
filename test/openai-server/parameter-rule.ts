import { invalidRequest, missingParameter, unknownParameter } from './openai-error.ts';

/** Throws the error OpenAI answers with when `value` doesn't do for the parameter named `param`. */
export type ParameterRule = (value: unknown, param: string) => void;
/** A rule after which a value is a `T`. */
export type RuleFor<T> = ParameterRule & { readonly made?: T };
export type ParameterRules = Readonly<Record<string, ParameterRule>>;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeName = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

export const wrongType = (param: string, expected: string, value: unknown): Error =>
  invalidRequest(
    `Invalid type for '${param}': expected ${expected}, but got ${typeName(value)} instead.`,
    param,
    'invalid_type',
  );

export const anything: ParameterRule = () => {};

export const boolean: ParameterRule = (value, param) => {
  if (typeof value !== 'boolean') throw wrongType(param, 'a boolean', value);
};

export const nullable =
  (rule: ParameterRule): ParameterRule =>
  (value, param) => {
    if (value !== null) rule(value, param);
  };

export const string =
  ({ maxLength = Infinity, pattern }: { maxLength?: number; pattern?: RegExp } = {}): ParameterRule =>
  (value, param) => {
    if (typeof value !== 'string') throw wrongType(param, 'a string', value);
    if (value.length > maxLength) {
      throw invalidRequest(
        `Invalid '${param}': string too long. Expected a string with maximum length ${maxLength}, but got a string with length ${value.length} instead.`,
        param,
        'string_above_max_length',
      );
    }
    if (pattern && !pattern.test(value)) {
      throw invalidRequest(
        `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${pattern.source}'.`,
        param,
        'invalid_value',
      );
    }
  };

const numberWithin =
  (kind: 'integer' | 'decimal', min: number, max: number): ParameterRule =>
  (value, param) => {
    if (typeof value !== 'number' || (kind === 'integer' && !Number.isInteger(value))) {
      throw wrongType(param, kind === 'integer' ? 'an integer' : 'a decimal number', value);
    }
    if (value >= min && value <= max) return;
    const [side, sign, bound] = value < min ? ['below_min', '>=', min] : ['above_max', '<=', max];
    throw invalidRequest(
      `Invalid '${param}': ${kind} ${side === 'below_min' ? 'below minimum' : 'above maximum'} value. Expected a value ${sign} ${bound}, but got ${value} instead.`,
      param,
      `${kind}_${side}_value`,
    );
  };

export const integer = (min = -Infinity, max = Infinity): ParameterRule => numberWithin('integer', min, max);
export const decimal = (min = -Infinity, max = Infinity): ParameterRule => numberWithin('decimal', min, max);

export const oneOf =
  (...values: readonly string[]): ParameterRule =>
  (value, param) => {
    if (typeof value !== 'string') throw wrongType(param, `one of ${listed(values)}`, value);
    if (!values.includes(value)) {
      throw invalidRequest(
        `Invalid value: '${value}'. Supported values are: ${listed(values)}.`,
        param,
        'invalid_value',
      );
    }
  };

export const arrayOf =
  (rule: ParameterRule, maxLength = Infinity): ParameterRule =>
  (value, param) => {
    if (!Array.isArray(value)) throw wrongType(param, 'an array', value);
    if (value.length > maxLength) {
      throw invalidRequest(
        `Invalid '${param}': array too long. Expected an array with maximum length ${maxLength}, but got an array with length ${value.length} instead.`,
        param,
        'array_above_max_length',
      );
    }
    value.forEach((item, index) => rule(item, `${param}[${index}]`));
  };

/** An object with these members and no others; `required` names the ones that must be there. */
export const objectOf =
  (rules: ParameterRules, required: readonly string[] = []): ParameterRule =>
  (value, param) => {
    if (!isObject(value)) throw wrongType(param, 'an object', value);
    checkParameters(value, rules, required, param);
  };

/** Lets the compiler know what a rule has made sure of. */
export function assertIs<T>(value: unknown, rule: RuleFor<T>, param: string): asserts value is T {
  rule(value, param);
}

export function checkParameters(
  body: Record<string, unknown>,
  rules: ParameterRules,
  required: readonly string[],
  within?: string,
): void {
  const pathTo = (name: string): string => (within === undefined ? name : `${within}.${name}`);
  for (const name in body) if (!Object.hasOwn(rules, name)) throw unknownParameter(pathTo(name));
  for (const name of required) if (body[name] === undefined) throw missingParameter(pathTo(name));
  for (const name in body) rules[name]?.(body[name], pathTo(name));
}

export const listed = (values: readonly string[]): string => {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
};
