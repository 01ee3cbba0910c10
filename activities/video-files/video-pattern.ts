import { z } from 'zod';
import { isSafeId } from './safe-id.ts';

/** Where the videos of the rows are, as declared: a path with `{id}` in it, or a folder whose files are named by id. */
export interface VideoPattern {
  /** Null for the dataset's folder. */
  readonly bucket: string | null;
  /** The folders and the file's name; the last of a folder pattern is the folder. */
  readonly segments: readonly string[];
  readonly folder: boolean;
}

/** A download tool leaves descriptions and pictures of the same name beside its videos. */
const EXTENSIONS = 'mp4|m4v|mov|webm|mkv|avi|flv|ts|3gp|wmv|ogv|mpg|mpeg';
const PLACEHOLDER = '{id}';

export function parseVideoPattern(path: string): VideoPattern {
  const [, bucket, key] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const segments = (key ?? path).split('/').filter((segment) => segment !== '' && segment !== '.');
  return { bucket: bucket ?? null, segments, folder: !path.includes(PLACEHOLDER) };
}

/** Parameter of a step kind. */
export const videoPath = () =>
  z
    .string()
    .min(1)
    .superRefine((path, context) => {
      const fault = faultOf(path);
      if (fault) context.addIssue({ code: 'custom', message: fault });
    })
    .describe(
      'Where the videos are: `media/{id}.mp4`, a folder with files named by id, or `s3://bucket/prefix/{id}.mp4`; ' +
        'relative to dataset.yaml',
    );

function faultOf(path: string): string | null {
  const { bucket, segments, folder } = parseVideoPattern(path);
  if (bucket === '') return 'found no bucket; expected s3://bucket/prefix/{id}.mp4';
  if (bucket === null && /^([/\\]|[a-z]:)/i.test(path))
    return 'found an absolute path; expected one relative to dataset.yaml';
  if (bucket === null && path.includes('://'))
    return 'found a URL; expected a relative path or s3://bucket/prefix/{id}.mp4';
  if (segments.includes('..')) return 'found ".."; expected a path below the folder of dataset.yaml';
  if (/[\\\p{Cc}]/u.test(path)) return 'found a backslash or a control character; expected a path with "/"';
  if (folder && fileOfFolder().test(segments.at(-1) ?? ''))
    return 'found one file for all rows; expected {id} in its name, or a folder';
  return null;
}

const fileOfFolder = () => new RegExp(`^(?<id>.+)\\.(?:${EXTENSIONS})$`, 'isu');

/** Matches one name at the place of each segment, giving the id; the first of them is below the fixed folders. */
export interface PatternWalk {
  readonly fixed: readonly string[];
  readonly names: readonly RegExp[];
}

export function walkOf({ segments, folder }: VideoPattern): PatternWalk {
  if (folder) return { fixed: segments, names: [fileOfFolder()] };
  const first = segments.findIndex((segment) => segment.includes(PLACEHOLDER));
  return { fixed: segments.slice(0, first), names: segments.slice(first).map(nameOf) };
}

function nameOf(segment: string): RegExp {
  const [before, ...after] = segment.split(PLACEHOLDER).map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  if (after.length === 0) return new RegExp(`^${before}$`, 'su');
  return new RegExp(`^${before}(?<id>.+)${after.join('\\k<id>')}$`, 'su');
}

/** The id that a path, from the walk's first name on, belongs to; null when it belongs to none. */
export function idAt(names: readonly RegExp[], path: readonly string[]): string | null {
  let id: string | undefined;
  for (const [index, name] of path.entries()) {
    const match = names[index]?.exec(name);
    if (!match) return null;
    const found = match.groups?.['id'];
    if (found === undefined) continue;
    if (id !== undefined && id !== found) return null;
    id = found;
  }
  return id !== undefined && isSafeId(id) ? id : null;
}

/** The path of one id, `/` between its segments; only for a safe id, and only where the pattern is no folder. */
export const pathOf = ({ segments }: VideoPattern, id: string): string =>
  segments.join('/').replaceAll(PLACEHOLDER, () => id);
