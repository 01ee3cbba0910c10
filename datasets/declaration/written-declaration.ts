import type { Json } from '../../manifests/canonical-json.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { overridden, type Override, parseOverrides } from './override.ts';
import { type Complaint, type Place, type Problem, problemAt } from './problem.ts';
import { SourceText } from './source-text.ts';
import { describeValue } from './value-text.ts';
import { parseYaml, type YamlDocument } from './yaml-document.ts';
import type { Path } from './yaml-place.ts';

const START = {
  expected: 'a mapping with at least dataset and steps',
  suggestion: 'See what gettok init writes in an empty folder.',
};

/** `dataset.yaml` as written, overrides applied: plain values, their places, and the problems found so far. */
export class WrittenDeclaration {
  readonly source: SourceText;
  readonly value: JsonObject;
  readonly overrides: readonly Override[];
  /** Whether the values can be looked at. */
  readonly broken: boolean;
  readonly #yaml: YamlDocument;
  readonly #problems: Problem[] = [];
  readonly #troubled = new Set<string>();
  readonly #masked = new Map<string, Place>();

  constructor(file: string, text: string, set: readonly string[]) {
    this.source = new SourceText(file, text);
    this.#yaml = parseYaml(this.source);
    const { overrides, problems } = parseOverrides(set);
    for (const problem of [...this.#yaml.problems, ...problems]) this.add(problem);
    let value = this.#yaml.value;
    this.overrides = overrides;
    this.broken = this.#yaml.broken || !isJsonObject(value);
    if (this.broken && !this.#yaml.broken)
      this.report([], { message: `dataset.yaml is ${describeValue(value)}`, ...START });
    for (const override of this.broken ? [] : overrides) {
      const result = overridden(value, override);
      if ('value' in result) value = result.value;
      else this.add(result.problem);
    }
    this.value = isJsonObject(value) ? value : {};
    this.#reportUnkeepable(this.value, []);
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** Texts by file, for excerpts; what must not be shown is replaced by asterisks. */
  get sources(): ReadonlyMap<string, string> {
    const lines = this.source.text.split('\n');
    for (const { line, column, length } of this.#masked.values()) {
      if (line === null || column === null) continue;
      const text = lines[line - 1]!;
      lines[line - 1] = text.slice(0, column - 1) + '*'.repeat(length) + text.slice(column - 1 + length);
    }
    return new Map([[this.source.file, lines.join('\n')]]);
  }

  placeOf(path: Path, part: 'key' | 'value' = 'value'): Place {
    const covers = ({ path: set }: Override) => set.every((step, depth) => String(path[depth]) === String(step));
    return this.overrides.findLast(covers)?.place ?? this.#yaml.placeOf(path, part);
  }

  report(path: Path, complaint: Complaint, part: 'key' | 'value' = 'value'): void {
    this.#troubled.add(path.join('\0'));
    this.add(problemAt(this.placeOf(path, part), complaint));
  }

  add(problem: Problem): void {
    const same = (other: Problem) =>
      other.file === problem.file &&
      other.line === problem.line &&
      other.column === problem.column &&
      other.message === problem.message;
    if (!this.#problems.some(same)) this.#problems.push(problem);
  }

  /** Whether something was reported of this value or of a part of it. */
  hasTrouble(path: Path): boolean {
    const key = path.join('\0');
    return this.#troubled.values().some((troubled) => troubled === key || troubled.startsWith(`${key}\0`));
  }

  /** Keeps a value out of every excerpt. */
  mask(path: Path): void {
    this.#masked.set(path.join('\0'), this.placeOf(path));
  }

  /** What stands at `path`, for a message. */
  describe(path: Path, value: Json | undefined): string {
    return this.#masked.has(path.join('\0')) ? 'a text that is not shown here' : describeValue(value);
  }

  /** Numbers that JSON or a double can't keep, and texts that no UTF-8 has a form for. */
  #reportUnkeepable(value: Json, path: Path): void {
    if (typeof value === 'number' && !Number.isFinite(value))
      this.report(path, { message: `not a finite number`, found: describeValue(value), expected: 'a finite number' });
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
      this.report(path, { message: 'a number too large to be kept exactly', suggestion: 'Put it in quotes.' });
    if (typeof value === 'string' && !value.isWellFormed())
      this.report(path, { message: 'half of a surrogate pair', expected: 'whole Unicode characters' });
    if (value === null || typeof value !== 'object') return;
    for (const [key, item] of Object.entries(value)) {
      if (!key.isWellFormed()) this.report([...path, key], { message: 'half of a surrogate pair' }, 'key');
      this.#reportUnkeepable(item, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  }
}
