import type { NativeConnectionOptions } from '@temporalio/worker';

export interface S3Service {
  /** A URL. */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  readonly region: string;
}

export interface TemporalService {
  /** `host:port`. */
  readonly address: string;
  readonly namespace: string;
  /** TLS, API key and metadata, for `Connection.connect` and `NativeConnection.connect`. */
  readonly connection: Omit<NativeConnectionOptions, 'address'>;
}

export interface SpeechService {
  /** Base URL of the OpenAI protocol, ending in `/v1`. */
  readonly baseUrl: string;
  /** The name to ask for. */
  readonly model: string;
}

/** What the supervisor answers: the services that were asked for and that it runs. */
export interface LocalServices {
  readonly s3?: S3Service;
  readonly temporal?: TemporalService;
  readonly speech?: SpeechService;
}
