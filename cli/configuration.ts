import { resolve } from 'node:path';
import { CONFIG_FILE, readConfigFile } from './config-file.ts';
import { dailyRequests } from './daily-requests.ts';
import { modelShare } from './model-share.ts';
import { findProjectFolder, STATE_FOLDER } from './project-folder.ts';
import { Secret } from './secret.ts';
import { type Setting, SETTING_NAMES, SETTINGS, type SettingDeclaration, type SettingName } from './settings.ts';
import { isTemporalConfigured, type TemporalConnection, temporalConnection } from './temporal-connection.ts';
import { workerSilence } from './worker-silence.ts';

/** What is in force for one command. Absent settings are undefined. */
export interface Configuration {
  /** The folder that holds `.gettok/`, an absolute path. */
  readonly project: Setting;
  readonly s3: {
    /** Undefined: GET-Tok runs its own MinIO. */
    readonly endpoint: Setting | undefined;
    readonly accessKey: Setting<Secret> | undefined;
    readonly secretKey: Setting<Secret> | undefined;
    readonly bucket: Setting;
    readonly region: Setting;
  };
  /** The other bucket of `gettok copy`. */
  readonly copy: {
    readonly endpoint: Setting | undefined;
    readonly accessKey: Setting<Secret> | undefined;
    readonly secretKey: Setting<Secret> | undefined;
    readonly bucket: Setting | undefined;
    readonly region: Setting;
  };
  /** Undefined: GET-Tok runs its own Temporal. */
  readonly temporal: TemporalConnection | undefined;
  readonly openai: { readonly apiKey: Setting<Secret> | undefined; readonly baseUrl: Setting | undefined };
  readonly tiktok: {
    readonly clientKey: Setting | undefined;
    readonly clientSecret: Setting<Secret> | undefined;
    readonly apiBaseUrl: Setting | undefined;
    /** A whole number above 0. */
    readonly requestsADay: Setting<number>;
  };
  /** This worker's part of the limits of the models' endpoints: above 0, at most 1. */
  readonly model: { readonly share: Setting<number> };
  /** Seconds without a sign of life after which what a worker is at is given to another. */
  readonly worker: { readonly silenceS: Setting<number> };
  readonly speech: { readonly baseUrl: Setting | undefined };
  readonly ffmpeg: Setting | undefined;
  /** All settings in the order of their declaration, for `gettok config`. */
  readonly settings: readonly { readonly name: SettingName; readonly setting: Setting<string | Secret> | undefined }[];
  /** Names of the `TEMPORAL_…` variables that are set and are no settings of ours. */
  readonly temporalVariables: readonly string[];
  /** A secret in the variable which a model's `api_key_env` names. */
  secretIn(variable: string): Setting<Secret> | undefined;
  /** The variables which a worker needs to be configured like this command; `also` names more, such as `api_key_env`s. */
  workerVariables(also?: readonly string[]): Record<string, string>;
  /** The whole environment of this process, for the processes it starts. */
  environment(): Record<string, string>;
}

export interface ConfigurationSources {
  readonly flags?: Partial<Record<SettingName, string>>;
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/**
 * Reads flags, environment and `.gettok/config.yaml`, in that order. This is the only place of the command line, the
 * activities and what they use that reads settings from the environment; an empty variable counts as absent.
 */
export async function loadConfiguration(sources: ConfigurationSources = {}): Promise<Configuration> {
  const { flags = {}, environment = process.env, cwd = process.cwd() } = sources;
  const project = projectSetting(environment, cwd);
  const file = await readConfigFile(project.value);

  const find = (name: SettingName): Setting | undefined => {
    const { variable, fallback, flag = `--${name.replaceAll(/[._]/g, '-')}` }: SettingDeclaration = SETTINGS[name];
    const candidates: [string | undefined, string][] = [
      [flags[name], flag],
      [environment[variable], variable],
      [file.get(name), CONFIG_FILE],
      [fallback, 'default'],
    ];
    const [value, from] = candidates.find(([candidate]) => candidate !== undefined && candidate !== '') ?? [];
    return value !== undefined && from !== undefined ? { value, from } : undefined;
  };
  const need = (name: NameWithFallback): Setting => find(name) ?? { value: SETTINGS[name].fallback!, from: 'default' };
  const hidden = (name: SettingName): Setting<Secret> | undefined => hide(find(name));

  const temporalVariables = present(environment, (name) => name.startsWith('TEMPORAL_'));
  const temporal = { address: find('temporal.address'), namespace: find('temporal.namespace') };
  return {
    project,
    s3: {
      endpoint: find('s3.endpoint'),
      accessKey: hidden('s3.access_key'),
      secretKey: hidden('s3.secret_key'),
      bucket: need('s3.bucket'),
      region: need('s3.region'),
    },
    copy: {
      endpoint: find('copy.endpoint'),
      accessKey: hidden('copy.access_key'),
      secretKey: hidden('copy.secret_key'),
      bucket: find('copy.bucket'),
      region: need('copy.region'),
    },
    temporal: isTemporalConfigured(temporal, temporalVariables)
      ? temporalConnection(temporal, temporalVariables)
      : undefined,
    openai: { apiKey: hidden('openai.api_key'), baseUrl: find('openai.base_url') },
    tiktok: {
      clientKey: find('tiktok.client_key'),
      clientSecret: hidden('tiktok.client_secret'),
      apiBaseUrl: find('tiktok.api_base_url'),
      requestsADay: dailyRequests(need('tiktok.requests_a_day')),
    },
    model: { share: modelShare(need('model.share')) },
    worker: { silenceS: workerSilence(need('worker.silence_s')) },
    speech: { baseUrl: find('speech.base_url') },
    ffmpeg: find('ffmpeg'),
    settings: SETTING_NAMES.map((name) => ({ name, setting: SETTINGS[name].secret ? hidden(name) : find(name) })),
    temporalVariables: Object.keys(temporalVariables).filter((name) => !OWN_VARIABLES.has(name)),
    secretIn: (variable) => hide(environment[variable] ? { value: environment[variable], from: variable } : undefined),
    workerVariables: (also = []) => ({
      ...temporalVariables,
      ...present(environment, (name) => also.includes(name)),
      ...Object.fromEntries(
        // A worker copies nothing, and has no business with the other bucket.
        SETTING_NAMES.filter((name) => !name.startsWith('copy.')).flatMap((name) => {
          const setting = find(name);
          return setting && setting.from !== 'default' ? [[SETTINGS[name].variable, setting.value]] : [];
        }),
      ),
    }),
    environment: () => present(environment, () => true),
  };
}

type NameWithFallback =
  's3.bucket' | 's3.region' | 'copy.region' | 'model.share' | 'tiktok.requests_a_day' | 'worker.silence_s';

const OWN_VARIABLES: ReadonlySet<string> = new Set(Object.values(SETTINGS).map(({ variable }) => variable));

function projectSetting(environment: NodeJS.ProcessEnv, cwd: string): Setting {
  const named = environment['GETTOK_PROJECT'];
  if (named) return { value: resolve(cwd, named), from: 'GETTOK_PROJECT' };
  const { folder, found } = findProjectFolder(cwd);
  return { value: folder, from: found ? `nearest folder with ${STATE_FOLDER}/` : 'current folder' };
}

const hide = (setting: Setting | undefined): Setting<Secret> | undefined =>
  setting && { value: new Secret(setting.value), from: setting.from };

const present = (environment: NodeJS.ProcessEnv, wanted: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => Boolean(entry[1]) && wanted(entry[0])),
  );
