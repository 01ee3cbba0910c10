import type { RowStyle } from './video-row.ts';

/** What can be changed while the server runs. All of it can be sent as JSON. */
export interface ServerSettings extends Omit<RowStyle, 'nowMs'> {
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  /** Who gets a token; null is anybody. */
  readonly clients: readonly { readonly key: string; readonly secret: string }[] | null;
  readonly tokenLifetimeS: number;
  readonly requestsADay: number;
  readonly recordsADay: number;
  /** Younger videos are silently absent. */
  readonly lagDays: number;
  /** Whether a window holds its last day: sources differ. */
  readonly endDate: 'inclusive' | 'exclusive';
  /** How often a search_id that was just issued is called invalid before it works. */
  readonly searchIdTries: number;
  readonly searchIdLifetimeS: number;
  /**
   * What a cursor above 0 without search_id gets: a page of a new search, in which rows have moved so that some are
   * never seen (the fault of GET-Tok's own scripts), or "Invalid count or cursor".
   */
  readonly withoutSearchId: 'shifted' | 'error';
  /** The real API says `id`, its documentation's sample `video_id`. */
  readonly idName: 'id' | 'video_id';
  /** Accounts of which the API gives no information, and accounts that it does not find. */
  readonly closedUsers: readonly string[];
  readonly unknownUsers: readonly string[];
  /** What the comments of a video that is gone are: not confirmed for the real API. */
  readonly missingVideoComments: 'error' | 'empty';
}

export const defaultSettings: ServerSettings = {
  latencyMs: 0,
  clients: null,
  tokenLifetimeS: 7200,
  requestsADay: 1000,
  recordsADay: 100_000,
  lagDays: 2,
  endDate: 'inclusive',
  searchIdTries: 0,
  searchIdLifetimeS: 86_400,
  withoutSearchId: 'shifted',
  idName: 'id',
  closedUsers: [],
  unknownUsers: [],
  missingVideoComments: 'error',
  structs: 'array',
  emptyFields: 'recorded',
  nulUsernames: false,
};

/** Settings, and what time it is: an ISO time or null for the real one, standing still if `frozen`. */
export interface SettingChanges extends Partial<ServerSettings> {
  readonly now?: string | null;
  readonly frozen?: boolean;
}
