/** A value in force, and where it is from: a flag, a variable's name, `.gettok/config.yaml` or `default`. */
export interface Setting<T = string> {
  readonly value: T;
  readonly from: string;
}

/** One value a person can set: by flag, by environment variable or in `.gettok/config.yaml`. */
export interface SettingDeclaration {
  /** Its environment variable. */
  readonly variable: string;
  readonly secret: boolean;
  readonly fallback?: string;
  /** May stand in the file as a number. */
  readonly number?: true;
  /** Where its flag isn't called as the setting is. */
  readonly flag?: string;
  readonly about: string;
}

const text = (variable: string, about: string, fallback?: string): SettingDeclaration => ({
  variable,
  secret: false,
  about,
  ...(fallback !== undefined && { fallback }),
});
const secret = (variable: string, about: string): SettingDeclaration => ({ variable, secret: true, about });

/**
 * Every setting by its name, which is also its path in `.gettok/config.yaml`: `s3.endpoint` is `endpoint` under `s3`.
 * The rest of the `TEMPORAL_…` family is read by `@temporalio/envconfig`.
 */
export const SETTINGS = {
  's3.endpoint': text('GETTOK_S3_ENDPOINT', 'S3 server to use; without it GET-Tok runs its own'),
  's3.access_key': secret('GETTOK_S3_ACCESS_KEY', 'its access key'),
  's3.secret_key': secret('GETTOK_S3_SECRET_KEY', 'its secret key'),
  's3.bucket': text('GETTOK_S3_BUCKET', 'bucket of the project', 'gettok'),
  's3.region': text('GETTOK_S3_REGION', 'region of the bucket', 'us-east-1'),
  'copy.endpoint': text('GETTOK_COPY_S3_ENDPOINT', 'S3 server that gettok copy sends to or brings from'),
  'copy.access_key': secret('GETTOK_COPY_S3_ACCESS_KEY', 'its access key'),
  'copy.secret_key': secret('GETTOK_COPY_S3_SECRET_KEY', 'its secret key'),
  'copy.bucket': text('GETTOK_COPY_S3_BUCKET', 'its bucket'),
  'copy.region': text('GETTOK_COPY_S3_REGION', 'its region', 'us-east-1'),
  'temporal.address': text('TEMPORAL_ADDRESS', 'Temporal to use; without it GET-Tok runs its own'),
  'temporal.namespace': text('TEMPORAL_NAMESPACE', 'its namespace', 'default'),
  'openai.api_key': secret('OPENAI_API_KEY', 'key for models of provider openai'),
  'openai.base_url': text('OPENAI_BASE_URL', 'server they are asked at'),
  'tiktok.client_key': text('TIKTOK_CLIENT_KEY', 'client key for the Research API'),
  'tiktok.client_secret': secret('TIKTOK_CLIENT_SECRET', 'its secret'),
  'tiktok.api_base_url': text('TIKTOK_API_BASE_URL', 'server of the Research API'),
  'tiktok.requests_a_day': {
    ...text('GETTOK_TIKTOK_REQUESTS_A_DAY', "what this project may use of the organisation's daily quota", '1000'),
    number: true,
  },
  'speech.base_url': text(
    'GETTOK_SPEECH_BASE_URL',
    'local speech server; without it GET-Tok runs its own if installed',
  ),
  'model.share': {
    ...text('GETTOK_MODEL_SHARE', "part of the models' limits that a worker uses", '1'),
    number: true,
    flag: '--share',
  },
  'worker.silence_s': {
    ...text('GETTOK_WORKER_SILENCE_S', 'seconds without a sign of life after which a worker counts as dead', '20'),
    number: true,
  },
  ffmpeg: text('GETTOK_FFMPEG', 'path of ffmpeg, with ffprobe beside it'),
  yt_dlp: text('GETTOK_YT_DLP', 'path of yt-dlp, for downloads'),
} as const satisfies Record<string, SettingDeclaration>;

export type SettingName = keyof typeof SETTINGS;

export const SETTING_NAMES = Object.keys(SETTINGS).filter((name): name is SettingName => name in SETTINGS);
