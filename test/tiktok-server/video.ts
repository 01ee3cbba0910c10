import { dayMs } from './utc-day.ts';

/** A video as it is; `video-row.ts` makes of it what the API shows. */
export interface Video {
  /** Its upper 32 bits are the epoch second of the upload, 25 to 41 s before `createTime`, as in recorded pages. */
  readonly id: bigint;
  /** Epoch seconds. */
  readonly createTime: number;
  readonly username: string;
  readonly regionCode: string;
  readonly description: string;
  /** Lower case, as recorded pages have them, whatever the description says. */
  readonly hashtags: readonly string[];
  readonly mentions: readonly string[];
  readonly voiceToText: string;
  readonly musicId: bigint;
  readonly effectIds: readonly string[];
  readonly playlistId: bigint | null;
  readonly durationS: number;
  /** How well liked it is: what its counts follow from. */
  readonly reach: number;
  /** Comments that the API lists. */
  readonly commentCount: number;
}

export interface VideoCounts {
  readonly view_count: number;
  readonly like_count: number;
  readonly comment_count: number;
  readonly share_count: number;
  readonly favorites_count: number;
}

/** Counts at a time: they follow from the video and how many UTC days ago it was made, and never fall. */
export function countsAt(video: Video, nowMs: number): VideoCounts {
  const ageDays = Math.max(0, Math.floor(nowMs / dayMs) - Math.floor((video.createTime * 1000) / dayMs));
  const views = video.reach * (10 + ageDays);
  return {
    view_count: views,
    like_count: Math.floor(views / 9),
    comment_count: video.commentCount + Math.floor(ageDays / 30),
    share_count: Math.floor(views / 70),
    favorites_count: Math.floor(views / 50),
  };
}

/** The names and limits (in seconds, 5 minutes is LONG) of the API's documentation. */
export function lengthOf({ durationS }: Video): 'SHORT' | 'MID' | 'LONG' | 'EXTRA_LONG' {
  if (durationS < 15) return 'SHORT';
  if (durationS <= 60) return 'MID';
  return durationS <= 300 ? 'LONG' : 'EXTRA_LONG';
}
