import { createHash } from 'node:crypto';

const NAME = /sha256:[0-9a-f]{8}(?![0-9a-f])/g;
const WHOLE_NAME = /sha256:[0-9a-f]{64}/g;
/** Every version is announced once, by the command that makes it. */
const ANNOUNCED = /^version {2}(sha256:[0-9a-f]{8}) {2}on /gm;

/** As long as what it stands for, so that tables stay as wide. */
const standIn = (what: string, length: number): string =>
  `sha256:${createHash('sha256').update(what).digest('hex')}`.slice(0, length);

/**
 * What commands printed, in order, with that replaced which can't be the same on two days or two machines, and nothing else:
 * names of versions, runs and requests, times, durations, sizes of files, the user, and which software was there. Each stands
 * for one thing throughout, so that a page on which two versions are confused is another page. Digests of prompts stay.
 */
export function settleOutput(printed: readonly string[], user: string): string[] {
  const names = new Set(printed.flatMap((text) => [...text.matchAll(ANNOUNCED)].map(([, name]) => name!)));
  const versions = new Map([...names].map((name, index) => [name, standIn(`version ${index + 1}`, name.length)]));
  return printed.map((text) =>
    text
      // A terminal shows neither.
      .replaceAll(/[\uFEFF\r]/g, '')
      .replaceAll(WHOLE_NAME, (name) => (versions.get(name.slice(0, 15)) ?? name).padEnd(name.length, '…').slice(0, 16))
      .replaceAll(NAME, (name) => versions.get(name) ?? name)
      .replaceAll(/\br-[0-9a-z]+-[0-9a-f]{6}\b/g, 'r-mww8k3fa-5e0c21')
      .replaceAll(/\breq_[0-9a-f]{32}\b/g, 'req_5f2d90b7c1e84a36a0d4c8b7f6e51c93')
      .replaceAll(/\b20\d\d-\d\d-\d\d \d\d:\d\d UTC\b/g, '2026-11-25 14:03 UTC')
      .replaceAll(/\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\b/g, '2026-11-25 14:03:11 UTC')
      .replaceAll(/(?<=^version .* )(?:\d+m )?\d+(?:\.\d+)? ?s$/gm, '2.1 s')
      .replaceAll(/(?<=decided in )\d+(?:\.\d+)? s/g, '0.4 s')
      .replaceAll(/(?<=objects?, )\d+ kB/g, '240 kB')
      .replaceAll(new RegExp(`(?<= by | rows {3})${user}(?= )`, 'g'), 'ada')
      .replaceAll(/^(run \S+ {3})[^]*?(?=\nversion )/gm, '$1ffmpeg 5.1.9, gettok 0.1.0, node 24.21.0')
      .replaceAll(/(?<=UTC, )gettok\/[^]*?(?=\n\n)/g, 'gettok/0.1.0 node/24.21.0'),
  );
}
