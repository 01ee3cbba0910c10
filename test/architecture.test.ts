import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

/** What the files of a folder may import values from, besides the folder itself; types may come from anywhere below. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  manifests: [],
  datasets: ['manifests'],
  activities: ['datasets', 'manifests'],
  workflows: [],
  cli: ['activities', 'datasets', 'manifests', 'workflows'],
};
/** Types of the messages between workflows and activities are the workflows' own. */
const MAY_IMPORT_TYPES: Record<string, readonly string[]> = {
  ...MAY_IMPORT,
  activities: ['datasets', 'manifests', 'workflows'],
  workflows: ['activities', 'datasets', 'manifests'],
};

const files = globSync('{manifests,datasets,activities,workflows,cli}/**/*.{ts,mjs}');
const source = (file: string) => readFileSync(file, 'utf8');
const folderOf = (file: string) => file.split('/')[0]!;

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
}

const imports: Import[] = files.flatMap((file) =>
  [
    ...source(file).matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s)?([^;]*?)from\s+'([^']+)'|import\('([^']+)'\)/g),
  ].map((match) => ({
    file,
    from: match[3] ?? match[4]!,
    typeOnly: match[1] !== undefined || (/^\{[^}]*\}\s*$/.test(match[2] ?? '') && everyNameIsType(match[2]!)),
  })),
);

function everyNameIsType(names: string): boolean {
  const list = names
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return list.length > 0 && list.every((name) => name.startsWith('type '));
}

it('imports only in the direction cli → activities → datasets → manifests; workflows see types only', () => {
  const wrong = imports.flatMap(({ file, from, typeOnly }) => {
    if (!from.startsWith('.')) return [];
    const folder = folderOf(file);
    const target = folderOf(normalize(join(dirname(file), from)));
    const allowed = (typeOnly ? MAY_IMPORT_TYPES : MAY_IMPORT)[folder]!;
    return target === folder || allowed.includes(target) || target === 'package.json' ? [] : [`${file} → ${from}`];
  });
  expect(wrong).toEqual([]);
});

it('lets workflow code import no value but @temporalio/workflow and itself', () => {
  const wrong = imports.filter(
    ({ file, from, typeOnly }) =>
      folderOf(file) === 'workflows' && !typeOnly && !from.startsWith('./') && from !== '@temporalio/workflow',
  );
  expect(wrong).toEqual([]);
});

it('reads the environment in cli alone: settings in the configuration alone, beside it what the shell says of itself', () => {
  const readers = files.filter((file) => /process\.env\b/.test(source(file)) && !file.endsWith('.mjs'));
  expect(readers).toEqual(['cli/configuration.ts', 'cli/shell-variable.ts']);
});

it.each([
  ['parquetjs', ['datasets/parquet/write-parquet.ts']],
  ['minio', ['activities/minio-store.ts']],
])('lets one file of ours know %s', (library, expected) => {
  expect([...new Set(imports.filter(({ from }) => from === library).map(({ file }) => file))]).toEqual(expected);
});

it('names files after what they hold: kebab-case, and no grab bags', () => {
  const wrong = files.filter(
    (file) =>
      !/^[a-z0-9-]+(\.d)?\.(ts|mjs)$/.test(basename(file)) ||
      /(^|\/)(utils?|common|helpers?|lib|types|misc)(\/|\.)/.test(file),
  );
  expect(wrong).toEqual([]);
});

it('keeps files short: none over 300 lines, the median under 100', () => {
  const lengths = files
    .map((file) => ({ file, lines: source(file).split('\n').length }))
    .toSorted((a, b) => a.lines - b.lines);
  expect(lengths.filter(({ lines }) => lines > 300)).toEqual([]);
  expect(lengths[Math.floor(lengths.length / 2)]!.lines).toBeLessThan(100);
});
