import { hash } from 'node:crypto';
import { invalidParams } from './api-error.ts';
import { readJsonBody } from './json-text.ts';
import { optionalString, readFields, refuseUnknown, required } from './parameter.ts';
import { seededRandom } from '../strict-server/seeded-random.ts';
import { factsOf, okReply, type Received, type ServedRequest } from './served-request.ts';
import type { ServerState } from './server-state.ts';

/** Without the username, which replies don't repeat. */
export const userFields = [
  'display_name',
  'bio_description',
  'avatar_url',
  'is_verified',
  'follower_count',
  'following_count',
  'likes_count',
  'video_count',
  'bio_url',
] as const;

export function readUserRequest(received: Received, state: ServerState): ServedRequest {
  const fields = readFields(received.query, userFields);
  const body = readJsonBody(received.body, received.contentType);
  refuseUnknown(body, ['username'], 'the request body');
  const username = required(optionalString(body, 'username'), 'username');
  return {
    facts: factsOf({ endpoint: 'user/info', fields, username }),
    answer(_fault, entry) {
      // A name that was given out with a NUL byte finds its account.
      const name = username.replaceAll('\u0000', '');
      const { closedUsers, unknownUsers } = state.settings;
      if (closedUsers.includes(name)) throw invalidParams("API cannot return this user's information");
      if (unknownUsers.includes(name) || !state.population.usernames.has(name))
        throw invalidParams(`Username ${username} is invalid: cannot find the user`);
      entry.rows = 1;
      const user: Record<string, unknown> = userOf(name);
      return okReply(Object.fromEntries(fields.map((field) => [field, user[field]])), entry);
    },
  };
}

function userOf(name: string): Record<(typeof userFields)[number], string | number | boolean> {
  const random = seededRandom(Number.parseInt(hash('sha256', name).slice(0, 8), 16));
  return {
    display_name: `${name} 🇵🇪`,
    bio_description: random.chance(0.3) ? '' : 'Lima, Perú\nnoticias y opinión',
    avatar_url: `https://p16.example.test/${name}.jpeg`,
    is_verified: random.chance(0.1),
    follower_count: random.below(100_000),
    following_count: random.below(1000),
    likes_count: random.below(1_000_000),
    video_count: 1 + random.below(500),
    bio_url: '',
  };
}
