import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from './executable.mjs';
import { logFile } from './log-file.mjs';
import { runChild } from './run-child.mjs';

export const goOnPath = () => findOnPath('go');

/**
 * Builds a Go program at an exact version into `folder`; the Go checksum database vouches for its source.
 *
 * Go's caches are kept apart and removed afterwards: a MinIO build leaves more than 2 GB in them, which somebody who doesn't
 * write Go would never find.
 *
 * @param {string} module with its version: `path@v1.2.3`
 * @param {string} folder
 * @param {string} part names the log
 */
export async function goInstall(module, folder, part) {
  const scratch = join(folder, 'go');
  await runChild('go', ['install', '-ldflags=-s -w', '-gcflags=all=-dwarf=false', module], {
    log: logFile(part),
    cwd: folder,
    env: {
      GOBIN: folder,
      GOPATH: scratch,
      GOMODCACHE: join(scratch, 'modules'),
      GOCACHE: join(scratch, 'build'),
      GOWORK: 'off',
      // Measured on MinIO: no debug information and less collecting save a tenth of the time.
      GOGC: '400',
      GOMEMLIMIT: '1GiB',
      CGO_ENABLED: '0',
      // Go makes its module cache read-only, which would keep it from being removed.
      GOFLAGS: [process.env['GOFLAGS'], '-modcacherw', '-trimpath'].filter(Boolean).join(' '),
    },
  });
  await rm(scratch, { recursive: true, force: true });
}
