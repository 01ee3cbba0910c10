import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../cli/configuration.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gettok-configuration-'));
  mkdirSync(join(folder, '.gettok'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeConfig(text: string, mode = 0o600): void {
  const path = join(folder, '.gettok', 'config.yaml');
  writeFileSync(path, text);
  chmodSync(path, mode);
}

const load = (environment: Record<string, string> = {}, flags = {}) =>
  loadConfiguration({ cwd: folder, environment, flags });

it('takes flags before the environment before the file before the default, and says which', async () => {
  expect((await load()).s3.bucket).toEqual({ value: 'gettok', from: 'default' });
  writeConfig('s3: { bucket: of-the-file }');
  expect((await load()).s3.bucket).toEqual({ value: 'of-the-file', from: '.gettok/config.yaml' });
  const environment = { GETTOK_S3_BUCKET: 'of-the-environment' };
  expect((await load(environment)).s3.bucket).toEqual({ value: 'of-the-environment', from: 'GETTOK_S3_BUCKET' });
  const flags = { 's3.bucket': 'of-a-flag' };
  expect((await load(environment, flags)).s3.bucket).toEqual({ value: 'of-a-flag', from: '--s3-bucket' });
});

it('takes an empty variable for an absent one', async () => {
  expect((await load({ OPENAI_API_KEY: '', GETTOK_S3_BUCKET: '' })).openai.apiKey).toBeUndefined();
});

it('never prints a secret', async () => {
  writeConfig('openai: { api_key: sk-of-the-file }');
  const configuration = await load({
    GETTOK_S3_SECRET_KEY: 'sk-of-the-environment',
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    TEMPORAL_API_KEY: 'sk-of-temporal',
  });
  const printed = [
    inspect(configuration, { depth: 9 }),
    JSON.stringify(configuration),
    String(configuration.openai.apiKey?.value),
  ];
  expect(printed.join('\n')).not.toContain('sk-');
  expect(configuration.openai.apiKey?.value.reveal()).toBe('sk-of-the-file');
});

describe('the project folder', () => {
  it('is the nearest one upwards that holds .gettok', async () => {
    const inner = join(folder, 'examples', 'peru');
    mkdirSync(inner, { recursive: true });
    const { project } = await loadConfiguration({ cwd: inner, environment: {} });
    expect(project).toEqual({ value: folder, from: 'nearest folder with .gettok/' });
  });

  it('is the current folder when there is none', async () => {
    rmSync(join(folder, '.gettok'), { recursive: true });
    expect((await load()).project).toEqual({ value: folder, from: 'current folder' });
  });

  it('is the one that GETTOK_PROJECT names', async () => {
    expect((await load({ GETTOK_PROJECT: 'other' })).project).toEqual({
      value: join(folder, 'other'),
      from: 'GETTOK_PROJECT',
    });
  });
});

describe('Temporal', () => {
  it('is our own unless an address, a profile or a file of Temporal is named', async () => {
    expect((await load({ TEMPORAL_NAMESPACE: 'research' })).temporal).toBeUndefined();
    expect(
      (await load({ TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'research' })).temporal,
    ).toMatchObject({
      address: { value: 'temporal.example:7233', from: 'TEMPORAL_ADDRESS' },
      namespace: { value: 'research', from: 'TEMPORAL_NAMESPACE' },
    });
  });

  it('takes address, namespace and TLS from the profile that is named', async () => {
    const file = join(folder, 'temporal.toml');
    writeFileSync(file, '[profile.team]\naddress = "team.example:7233"\nnamespace = "team"\napi_key = "sk-team"\n');
    const { temporal } = await load({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'team' });
    expect(temporal?.address).toEqual({ value: 'team.example:7233', from: 'team' });
    expect(temporal?.namespace).toEqual({ value: 'team', from: 'team' });
    expect(temporal?.options()).toEqual({ apiKey: 'sk-team', tls: true });
  });

  it('says what is wrong with a profile that is not there', async () => {
    const file = join(folder, 'temporal.toml');
    writeFileSync(file, '');
    await expect(load({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'team' })).rejects.toThrow(
      /^Temporal's configuration can't be used: .*Set TEMPORAL_ADDRESS, or unset/,
    );
  });
});

describe('the configuration file', () => {
  it('may not be readable by others when it holds a secret', async () => {
    writeConfig('openai: { api_key: sk-of-the-file }', 0o644);
    await expect(load()).rejects.toThrow(
      '.gettok/config.yaml: it holds openai.api_key, so only you may read it. Mend it with:  chmod 600 .gettok/config.yaml',
    );
    writeConfig('s3: { bucket: pilot }', 0o644);
    await expect(load()).resolves.toMatchObject({ s3: { bucket: { value: 'pilot' } } });
  });

  it('has all its problems told at once', async () => {
    writeConfig('s3: { bukket: a }\nopenai: { base_url: 7 }');
    await expect(load()).rejects.toMatchObject({
      problems: [
        expect.stringMatching(/^unknown key s3\.bukket\. Known keys: s3\.endpoint, /),
        'openai.base_url must be text, found 7',
      ],
    });
  });
});

describe("a worker's share of the models' limits", () => {
  it('is all of them unless said', async () => {
    expect((await load()).model.share).toEqual({ value: 1, from: 'default' });
    writeConfig('model: { share: 0.25 }');
    expect((await load()).model.share).toEqual({ value: 0.25, from: '.gettok/config.yaml' });
    const environment = { GETTOK_MODEL_SHARE: '0.5' };
    expect((await load(environment)).model.share).toEqual({ value: 0.5, from: 'GETTOK_MODEL_SHARE' });
    expect((await load(environment, { 'model.share': '1' })).model.share).toEqual({ value: 1, from: '--share' });
    expect((await load(environment)).workerVariables()).toEqual({ GETTOK_MODEL_SHARE: '0.5' });
  });

  it.each(['0', '-0.5', '1.01', 'half', '50%', ' ', 'NaN'])('is not %j', async (share) => {
    await expect(load({}, { 'model.share': share })).rejects.toThrow(
      `--share says that a worker's share of the models' limits is "${share}"; it is a number above 0 and at most 1.`,
    );
  });
});

describe('the silence after which a worker counts as dead', () => {
  it('is 20 s unless said', async () => {
    expect((await load()).worker.silenceS).toEqual({ value: 20, from: 'default' });
    writeConfig('worker: { silence_s: 120 }');
    expect((await load()).worker.silenceS).toEqual({ value: 120, from: '.gettok/config.yaml' });
    const environment = { GETTOK_WORKER_SILENCE_S: '5' };
    expect((await load(environment)).worker.silenceS).toEqual({ value: 5, from: 'GETTOK_WORKER_SILENCE_S' });
  });

  it.each(['4', '3601', '-20', '7.5', '20s', ' '])('is not %j', async (silence) => {
    await expect(load({ GETTOK_WORKER_SILENCE_S: silence })).rejects.toThrow(
      `GETTOK_WORKER_SILENCE_S says that a worker counts as dead after "${silence}" seconds of silence; it is a whole number from 5 to 3600, such as 20.`,
    );
  });
});

it('gives a worker the settings that were made, and the variables that are named', async () => {
  writeConfig('s3: { bucket: of-the-file }');
  const configuration = await load({ OPENAI_API_KEY: 'sk-1', MY_KEY: 'sk-2', OTHER: 'x', TEMPORAL_TLS: 'true' });
  expect(configuration.workerVariables(['MY_KEY'])).toEqual({
    GETTOK_S3_BUCKET: 'of-the-file',
    OPENAI_API_KEY: 'sk-1',
    MY_KEY: 'sk-2',
    TEMPORAL_TLS: 'true',
  });
});
