import { dayCounts } from './day-counts.ts';
import { describe, type Topic } from './description-text.ts';
import type { PopulationSpec } from './population-spec.ts';
import { seededRandom, type SeededRandom } from '../strict-server/seeded-random.ts';
import { dayMs, daysBetween, startOfDay } from './utc-day.ts';
import type { Video } from './video.ts';

const otherRegions = ['CO', 'MX', 'US', 'CL', 'AR', 'ES'] as const;

/** Every video there is, deleted or not: fixed by the spec. */
export class Population {
  /** In the order of the API: descending by id. */
  readonly videos: readonly Video[];
  readonly byId: ReadonlyMap<bigint, Video>;
  readonly usernames: ReadonlySet<string>;

  constructor(spec: PopulationSpec) {
    this.videos = [...makeVideos(spec)].toSorted((a, b) => (a.id < b.id ? 1 : -1));
    this.byId = new Map(this.videos.map((video) => [video.id, video]));
    this.usernames = new Set(this.videos.map(({ username }) => username));
    if (this.byId.size !== this.videos.length) throw new Error(`seed ${spec.seed} gives an id twice: take another`);
  }
}

function* makeVideos(spec: PopulationSpec): Generator<Video> {
  const random = seededRandom(spec.seed);
  const days = daysBetween(spec.from, spec.to).map((day) => startOfDay(day) ?? 0);
  const people = Math.ceil((spec.matching + spec.others) / 12);
  const make = (atMs: number, region: string, topic: Topic): Video => makeVideo(atMs, region, topic, people, random);
  for (const [index, count] of dayCounts(days.length, spec.matching, random).entries()) {
    for (let place = 0; place < count; place += 1) {
      const topic = random.oneOf(['keyword', 'hashtag', 'both'] as const);
      yield make((days[index] ?? 0) + secondOfDay(place, random) * 1000, 'PE', topic);
    }
  }
  const first = days[0] ?? 0;
  for (let place = 0; place < spec.others; place += 1) {
    const atMs = first + (random.below(days.length + 4) - 2) * dayMs + random.below(86_400) * 1000;
    const outside = atMs < first || atMs >= (days.at(-1) ?? 0) + dayMs;
    // About the same in another country, about something else in this one, or simply too early or too late.
    if (outside && random.chance(0.7)) yield make(atMs, 'PE', 'both');
    else if (random.chance(0.5)) yield make(atMs, random.oneOf(otherRegions), 'both');
    else yield make(atMs, 'PE', 'none');
  }
}

/** The first two of a day are its first and its last second: where a window that is cut wrongly loses them. */
function secondOfDay(place: number, random: SeededRandom): number {
  if (place < 2) return place === 0 ? 0 : 86_399;
  return random.below(86_400);
}

function makeVideo(atMs: number, regionCode: string, topic: Topic, people: number, random: SeededRandom): Video {
  const createTime = atMs / 1000;
  const uploadS = createTime - 25 - random.below(17);
  const { description, hashtags } = describe(topic, random);
  return {
    // Odd, so that no id is a double by chance and rounding shows in each of them.
    id: (BigInt(uploadS) << 32n) | (BigInt(random.below(2 ** 31)) * 2n) | 1n,
    createTime,
    username: `user${random.below(people)}.pe`,
    regionCode,
    description,
    hashtags: hashtags.map((tag) => tag.toLowerCase()),
    mentions: random.chance(0.1) ? [`user${random.below(people)}.pe`] : [],
    voiceToText: random.chance(0.3) ? describe('none', random).description : '',
    musicId: (BigInt(uploadS - random.below(10_000_000)) << 32n) | (BigInt(random.below(2 ** 31)) * 2n) | 1n,
    effectIds: random.chance(0.1) ? [String(60_000_000 + random.below(9_000_000))] : [],
    playlistId: random.chance(0.02) ? (BigInt(uploadS) << 32n) | 77n : null,
    durationS: random.oneOf([8, 14, 15, 31, 60, 61, 180, 300, 301, 599]),
    reach: 1 + Math.floor(random.next() ** 6 * 5000),
    // Most have a handful; one in fifty has more than the 1,000 that the API lists.
    commentCount: random.chance(0.02) ? 1000 + random.below(200) : random.below(12),
  };
}
