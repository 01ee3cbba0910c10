import { createHash } from 'node:crypto';

/** A digest of anything, whole or as short as it is shown. */
const DIGEST = /sha256:([0-9a-f]{64}|[0-9a-f]{8})(?![0-9a-f])/g;
/** Every version is announced once, by the command that makes it. */
const ANNOUNCED = /^version {2}(sha256:[0-9a-f]{8}) {2}on /gm;
const SHORT = 'sha256:'.length + 8;

/**
 * What commands printed, in order, with that replaced which can't be the same on two days or two machines, and nothing else:
 * names of versions, runs and requests, times, durations, sizes of files, the user, and which software was there. Each version keeps
 * a name of its own throughout, so that a page that takes one for another is another page. Digests of prompts stay as they are.
 */
export function settleOutput(printed: readonly string[], user: string): string[] {
  const names = new Set(printed.flatMap((text) => [...text.matchAll(ANNOUNCED)].map(([, name]) => name!)));
  const versions = new Map([...names].map((name, index) => [name, standIn(`version ${index + 1}`)]));
  return printed.map((text) =>
    text
      // A terminal shows neither.
      .replaceAll(/[\uFEFF\r]/g, '')
      .replaceAll(DIGEST, (name) => versions.get(name.slice(0, SHORT))?.slice(0, name.length) ?? name)
      .replaceAll(/\br-[0-9a-z]+-[0-9a-f]{6}\b/g, 'r-mww8k3fa-5e0c21')
      .replaceAll(/\breq_[0-9a-f]{32}\b/g, 'req_5f2d90b7c1e84a36a0d4c8b7f6e51c93')
      .replaceAll(/\b20\d\d-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC\b/g, (_, seconds) =>
        seconds === undefined ? '2026-11-25 14:03 UTC' : '2026-11-25 14:03:11 UTC',
      )
      .replaceAll(/(?<=^version {2}.* {4})(?:\d+m )?\d+(?:\.\d+)? ?s$/gm, '2.1 s')
      .replaceAll(/(?<=\d objects, )\d+ kB/g, '259 kB')
      .replaceAll(new RegExp(`(?<= {3}by |rows {3})${user}(?= {3}|$)`, 'gm'), 'ada')
      .replaceAll(/^(run \S+ {3})[^]*?(?=\nversion )/gm, '$1ffmpeg 5.1.9, gettok 0.1.0, node 24.21.0')
      .replaceAll(/(?<= UTC, )gettok\/[^]*?(?=\n\n)/g, 'gettok/0.1.0 node/24.21.0'),
  );
}

const standIn = (what: string): string => `sha256:${createHash('sha256').update(what).digest('hex')}`;
