import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diffVersions } from '../../datasets/diff/diff-versions.ts';
import type { DiffScope } from '../../datasets/diff/diff-scope.ts';
import type { VersionDiff } from '../../datasets/diff/version-diff.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';
import { datasetName } from '../dataset-name.ts';
import type { Project } from '../open-project.ts';
import { type ResolvedVersion, resolveVersion } from '../resolve-version.ts';
import { coloursFor, widthOf } from '../terminal/colours.ts';
import { renderDiff } from '../terminal/render-diff.ts';
import { diffHtml } from './diff-html.ts';
import { diffMarkdown } from './diff-markdown.ts';

export interface DiffRequest {
  readonly folder: string;
  /** Versions as they were typed. */
  readonly a: string;
  readonly b: string;
  readonly scope: DiffScope;
  readonly format: 'text' | 'json' | 'markdown' | 'html';
}

/** Compares two versions and prints what differs. */
export async function runDiff(
  project: Pick<Project, 'store' | 'blobs'>,
  { folder, a, b, scope, format }: DiffRequest,
  out: NodeJS.WriteStream,
): Promise<void> {
  const before = await versionNamed(project.store, folder, a);
  const after = await versionNamed(project.store, folder, b);
  const tempFolder = await mkdtemp(join(tmpdir(), 'gettok-diff-'));
  let diff: VersionDiff;
  try {
    using database = await openDatabase({ tempFolder });
    diff = await diffVersions({ blobs: project.blobs, database }, before, after, scope);
  } finally {
    await rm(tempFolder, { recursive: true, force: true });
  }
  const print: Record<DiffRequest['format'], () => string> = {
    text: () => renderDiff(diff, { width: widthOf(out), colours: coloursFor(out) }),
    json: () => JSON.stringify(diff, null, 2),
    markdown: () => diffMarkdown(diff, { a, b }),
    html: () => diffHtml(diff, { a, b }),
  };
  out.write(`${print[format]()}\n`);
}

/** `main~1` of the dataset in the folder, or `other-dataset@main~1`. */
async function versionNamed(store: Project['store'], folder: string, at: string): Promise<ResolvedVersion> {
  const [, dataset, version] = /^([a-z0-9][a-z0-9-]*)@(.+)$/.exec(at) ?? [];
  return dataset === undefined
    ? resolveVersion(store, await datasetName(folder), at)
    : resolveVersion(store, dataset, version!);
}
