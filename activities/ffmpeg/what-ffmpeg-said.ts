/** The last lines of stderr, without paths and addresses of this machine: they end up in provenance files. */
export function whatFfmpegSaid(stderr: string, paths: readonly string[]): string {
  let said = stderr;
  for (const path of paths) said = said.replaceAll(`file:${path}`, 'the file').replaceAll(path, 'the file');
  const lines = said
    .split(/[\r\n]+/)
    .map((line) => line.replace(/ @ 0x[0-9a-f]+\]/g, ']').trim())
    .filter((line) => line !== '');
  return [...new Set(lines)].slice(-5).join('; ').slice(-500);
}

/** Trouble of this machine, not of the file: worth another try elsewhere or later. */
export const isMachineTrouble = (stderr: string): boolean =>
  /No space left on device|Disk quota exceeded|Too many open files|Read-only file system/.test(stderr);
