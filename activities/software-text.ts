import type { WorkerServices } from './worker-services.ts';

/** The programs behind one cell, such as `gettok/0.1.0 node/24.21.0 ffmpeg/5.1.9`; the lock file's digest is the version's. */
export const softwareText = ({ lock: _lock, ...software }: WorkerServices['software']): string =>
  Object.entries(software)
    .map(([name, version]) => `${name}/${version}`)
    .join(' ');
