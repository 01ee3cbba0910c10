import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Queue } from '../datasets/step-kind.ts';

/** Short name of this machine: files beside a `dataset.yaml` are read by the workers of the machine that has them. */
const machine = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Temporal task queue of a project: `<project>-main`, `-media`, `-ai`, and one for the files of each machine. */
export const taskQueue = (project: string, queue: Queue): string =>
  queue === 'files' ? `${project}-files-${machine()}` : `${project}-${queue}`;

export const QUEUES: readonly Queue[] = ['main', 'media', 'ai', 'files'];
