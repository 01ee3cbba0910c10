import { createHash } from 'node:crypto';

import { secondsOf, type Clip } from './clip.ts';

/** Where TikTok's ids come from: seconds in the upper half, and something unique in the lower. */
const idAt = (seconds: number, unique: number): bigint => (BigInt(seconds) << 32n) | BigInt(unique);

/** Numbers that look arbitrary and are the same every time. */
function numbersFor(name: string): (index: number) => number {
  const digest = createHash('sha256').update(name).digest();
  return (index) => digest.readUInt32BE(index * 4);
}

const postedAtSeconds = ({ postedAt }: Clip): number => Date.parse(postedAt) / 1000;

/** An id is made when an upload starts: in recorded answers 25 to 41 s before `create_time`. */
export function idOf(clip: Clip): string {
  const number = numbersFor(clip.name);
  return String(idAt(postedAtSeconds(clip) - 25 - (number(0) % 17), number(1)));
}

const hashtagsIn = (caption: string): string[] => [
  ...new Set(Array.from(caption.matchAll(/#(\S+)/gu), ([, tag]) => (tag ?? '').toLowerCase())),
];

/** A video object of the Research API as it stands in an answer: int64 fields as bare numbers, in no particular order. */
export function videoObject(clip: Clip): string {
  const number = numbersFor(clip.name);
  const views = 40 + (number(2) % 60_000);
  const ownSound = number(3) % 2 === 0;
  const int64 = {
    id: idOf(clip),
    music_id: String(
      ownSound ? idAt(postedAtSeconds(clip) - 3, number(4)) : idAt(1_600_000_000 + (number(4) % 60_000_000), number(5)),
    ),
  };
  const fields = {
    create_time: postedAtSeconds(clip),
    username: clip.username,
    region_code: 'PE',
    video_description: clip.caption,
    hashtag_names: hashtagsIn(clip.caption),
    video_duration: clip.picture ? Math.round(secondsOf(clip.picture)) : 9,
    view_count: views,
    like_count: Math.floor((views * (30 + (number(5) % 90))) / 1000),
    comment_count: Math.floor((views * (number(6) % 20)) / 1000),
    share_count: Math.floor((views * (number(7) % 12)) / 1000),
    favorites_count: Math.floor((views * (number(0) % 15)) / 1000),
    ...clip.fields,
  };
  const exact = Object.entries(int64).map(([name, digits]) => `"${name}":${digits}`);
  return `{${exact.join(',')},${JSON.stringify(fields).slice(1)}`;
}
