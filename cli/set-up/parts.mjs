import { ffmpeg } from './ffmpeg.mjs';
import { minio } from './minio.mjs';
import { node } from './node.mjs';
import { packages } from './packages.mjs';
import { pyarrow } from './pyarrow.mjs';
import { speech } from './speech.mjs';
import { statistics } from './statistics.mjs';
import { temporal } from './temporal.mjs';
import { ytDlp } from './yt-dlp.mjs';

/**
 * Every part by the name that `main.mjs` takes.
 *
 * @type {ReadonlyMap<string, import('./part.mjs').Part>}
 */
export const parts = new Map(
  Object.entries({ node, packages, ffmpeg, temporal, minio, speech, 'yt-dlp': ytDlp, pyarrow, statistics }),
);

const base = [node, packages, ffmpeg, temporal, minio];

/**
 * What `npm run demo` and `npm test` need.
 *
 * @type {ReadonlyMap<string, readonly import('./part.mjs').Part[]>}
 */
export const partSets = new Map([
  ['demo', [...base, speech]],
  ['test', [...base, ytDlp, pyarrow, statistics]],
]);
