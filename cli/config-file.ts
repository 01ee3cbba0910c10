import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GettokError } from '../manifests/gettok-error.ts';
import { STATE_FOLDER } from './project-folder.ts';
import { SETTING_NAMES, type SettingDeclaration, SETTINGS, type SettingName } from './settings.ts';

/** As it is called in messages and in `gettok config`. */
export const CONFIG_FILE = `${STATE_FOLDER}/config.yaml`;

/** `.gettok/config.yaml` can't be used; all its problems at once. */
export class ConfigFileError extends GettokError {
  override readonly name = 'ConfigFileError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.map((problem) => `${CONFIG_FILE}: ${problem}`).join('\n'));
    this.problems = problems;
  }
}

/** Values of the project's configuration file, none when there is no file. Throws a ConfigFileError. */
export async function readConfigFile(project: string): Promise<ReadonlyMap<SettingName, string>> {
  const path = join(project, CONFIG_FILE);
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file) return new Map();
  // Only a project with such a file pays for loading the parser.
  const { parse } = await import('yaml');
  const values = new Map<SettingName, string>();
  const problems: string[] = [];
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigFileError([error instanceof Error ? error.message : String(error)]);
  }
  for (const [key, value] of leaves(document)) {
    const name = SETTING_NAMES.find((known) => known === key);
    if (!name) problems.push(`unknown key ${key}. Known keys: ${SETTING_NAMES.join(', ')}`);
    else if (typeof value === 'number' && takesNumber(name)) values.set(name, String(value));
    else if (typeof value !== 'string') problems.push(`${key} must be text, found ${JSON.stringify(value)}`);
    else values.set(name, value);
  }
  const secrets = [...values.keys()].filter((name) => SETTINGS[name].secret);
  if (secrets.length > 0 && (file.mode & 0o077) !== 0) {
    problems.push(`it holds ${secrets.join(', ')}, so only you may read it. Mend it with:  chmod 600 ${CONFIG_FILE}`);
  }
  if (problems.length > 0) throw new ConfigFileError(problems);
  return values;
}

function takesNumber(name: SettingName): boolean {
  const { number }: SettingDeclaration = SETTINGS[name];
  return number === true;
}

/** `[path, value]` of everything that is no mapping, paths joined by dots. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (value === null || value === undefined) return path === '' ? [] : [[path, value]];
  if (typeof value !== 'object' || Array.isArray(value)) return [[path || '(the whole file)', value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}
