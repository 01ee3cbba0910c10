import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cacheFolder, installInto } from '../../../cli/set-up/cache-folder.mjs';
import { findEnvironment } from '../../../cli/set-up/python.mjs';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
let folder: string;
const cacheHome = process.env['XDG_CACHE_HOME'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gettok-set-up-'));
});
afterEach(() => {
  if (cacheHome === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheHome;
  rmSync(folder, { recursive: true, force: true });
});

const isWhole = async (path: string) => existsSync(join(path, 'done'));

const setUp = (names: string[], environment: NodeJS.ProcessEnv = process.env) =>
  spawnSync(process.execPath, ['cli/set-up/main.mjs', ...names], { cwd: checkout, env: environment, encoding: 'utf8' });

it('does nothing the second time, and says in one line what is there', () => {
  const startedAt = Date.now();
  const { status, stdout, stderr } = setUp(['test']);
  expect(stderr).toMatch(
    /^ {2}set-up {4}✔ Node 24\.\S+ {2}✔ packages {2}✔ ffmpeg \S+ {2}✔ Temporal \S+ {2}✔ MinIO \S+ {2}✔ yt-dlp \S+ {2}✔ pyarrow \S+ {2}✔ statistics \S+ {4}\S+s\n$/,
  );
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  // 0.2 s when the machine has nothing else to do.
  expect(Date.now() - startedAt).toBeLessThan(10_000);
});

it('says what is missing and the one command that mends it, and ends with 1', () => {
  const { status, stderr } = setUp(['ffmpeg'], { ...process.env, GETTOK_FFMPEG: '/nowhere/ffmpeg' });
  expect(stderr).toContain(
    '✘ ffmpeg: GETTOK_FFMPEG names /nowhere/ffmpeg, which is no executable file\n  Mend it with:  unset GETTOK_FFMPEG\n',
  );
  expect(status).toBe(1);
});

it('says what the command printed that failed', () => {
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  writeFileSync(join(tools, 'go'), '#!/bin/sh\necho "go: no such module" >&2\nexit 1\n', { mode: 0o755 });
  symlinkSync(process.execPath, join(tools, 'node'));
  const { status, stderr } = setUp(['minio'], { PATH: `${tools}:/usr/bin:/bin`, HOME: folder });
  expect(stderr).toMatch(
    /✘ MinIO: go install -ldflags=-s -w ended with code 1; its output is in .*set-up-minio\.log\n {4}go: no such module\n/,
  );
  expect(stderr).toMatch(/Mend it with: {2}node cli\/set-up\/main\.mjs minio\n$/);
  expect(status).toBe(1);
  // Nothing half-finished stays, only the log.
  expect(readdirSync(join(folder, '.cache', 'gettok'))).toEqual(['logs']);
});

it('takes the absence of a speech engine for no failure', () => {
  const environment = { ...process.env, HOME: folder, XDG_CACHE_HOME: folder, HF_ENDPOINT: 'https://127.0.0.1:9' };
  const { status, stderr } = setUp(['speech'], environment);
  expect(stderr).toMatch(/– no speech engine/);
  expect(stderr).toMatch(/speech engine: weights not to be had \(the model hub can't be reached: .*ECONNREFUSED/);
  expect(status).toBe(0);
});

it('names the files that a folder of weights lacks', () => {
  const { status, stderr } = setUp(['speech'], { ...process.env, GETTOK_WHISPER_WEIGHTS: folder });
  expect(stderr).toContain(
    `names ${folder}, where config.json, tokenizer.json, model.bin of a faster-whisper model is missing`,
  );
  expect(status).toBe(1);
});

it('explains its use', () => {
  const { status, stderr } = setUp(['everything']);
  expect(stderr).toMatch(/^usage: node cli\/set-up\/main\.mjs demo\|test, or names of parts: node packages /);
  expect(status).toBe(2);
});

it('never takes a half-finished install for a finished one', async () => {
  process.env['XDG_CACHE_HOME'] = folder;
  const place = cacheFolder('part', '1');
  const failing = installInto(
    place,
    async (partial) => {
      writeFileSync(join(partial, 'begun'), '');
      throw new Error('the network went away');
    },
    isWhole,
  );
  await expect(failing).rejects.toThrow('the network went away');
  expect(readdirSync(dirname(place))).toEqual([]);

  // What a killed set-up left is removed, what a running one has is not.
  mkdirSync(`${place}.partial-999999999`, { recursive: true });
  mkdirSync(`${place}.partial-${process.ppid}`);
  await installInto(place, async (partial) => writeFileSync(join(partial, 'done'), ''), isWhole);
  expect(readdirSync(dirname(place)).toSorted()).toEqual(['part-1', `part-1.partial-${process.ppid}`]);
});

it('does not use an environment whose Python has been upgraded away', () => {
  const environment = join(folder, 'environment');
  mkdirSync(join(environment, 'lib', 'python3.11', 'site-packages', 'pyarrow'), { recursive: true });
  mkdirSync(join(environment, 'bin'));
  for (const version of ['python3.11', 'python3.12']) writeFileSync(join(folder, version), '', { mode: 0o755 });
  const python = join(environment, 'bin', 'python');
  symlinkSync(join(folder, 'python3.11'), python);
  expect(findEnvironment(environment, 'pyarrow')).toBe(python);
  rmSync(python);
  symlinkSync(join(folder, 'python3.12'), python);
  expect(findEnvironment(environment, 'pyarrow')).toBeNull();
});

it('runs bin/gettok through a symbolic link, and says what to do without packages', () => {
  const link = join(folder, 'gettok');
  symlinkSync(join(checkout, 'bin', 'gettok'), link);
  expect(spawnSync(link, ['config', '--json'], { cwd: folder, encoding: 'utf8' }).stdout).toContain(
    `"project":{"value":"${folder}"`,
  );

  const bare = join(folder, 'bare', 'bin');
  mkdirSync(bare, { recursive: true });
  spawnSync('cp', [join(checkout, 'bin', 'gettok'), bare]);
  chmodSync(join(bare, 'gettok'), 0o755);
  const { status, stderr } = spawnSync(join(bare, 'gettok'), ['--version'], { encoding: 'utf8' });
  expect(stderr).toContain(`In ${join(folder, 'bare')} run:  npm install`);
  expect(status).toBe(1);
});
