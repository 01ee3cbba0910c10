import type { ListedObject } from '../../manifests/object-store.ts';
import { digestOf } from '../../manifests/digest.ts';
import { failed, NotMade } from '../step-kind.ts';
import { isSafeId } from './safe-id.ts';
import type { VideoFiles, VideoPlace } from './video-files.ts';
import { idAt, pathOf, type VideoPattern, walkOf } from './video-pattern.ts';

/** Objects of a bucket. Their entity tags stand for their contents, so that nothing is read to find that nothing changed. */
export async function bucketVideos(
  pattern: VideoPattern,
  bucket: string,
  { buckets }: Pick<VideoPlace, 'buckets'>,
): Promise<VideoFiles> {
  const store = await buckets.open(bucket);
  const { fixed, names } = walkOf(pattern);
  const prefix = fixed.map((segment) => `${segment}/`).join('');
  const idOf = ({ key }: ListedObject) => {
    const path = key.slice(prefix.length).split('/');
    return path.length === names.length ? idAt(names, path) : null;
  };

  async function find(id: string): Promise<ListedObject | NotMade> {
    if (!isSafeId(id)) return failed('unsafe_id');
    const start = pattern.folder ? `${prefix}${id}.` : pathOf(pattern, id);
    const found: ListedObject[] = [];
    for await (const object of store.list(start)) {
      if (pattern.folder ? idOf(object) === id : object.key === start) found.push(object);
      // A key is listed before every longer key that starts with it.
      if (!pattern.folder) break;
    }
    if (found.length > 1) return failed('several_files', found.map(({ key }) => key.slice(prefix.length)).join(', '));
    return found[0] ?? failed('file_missing');
  }

  return {
    async fingerprint() {
      const listing: [string, number, string][] = [];
      for await (const object of store.list(prefix)) {
        if (idOf(object) !== null) listing.push([object.key, object.byteLength, object.etag]);
      }
      return digestOf(
        'outside',
        listing.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
      );
    },
    async identify(id) {
      const object = await find(id);
      if (object instanceof NotMade) return object.code === 'file_missing' ? null : object.code;
      return [object.byteLength, object.etag];
    },
    async copy(id, path) {
      const object = await find(id);
      if (object instanceof NotMade) return object;
      if (!(await store.getToFile(object.key, path))) return failed('file_missing');
      return object.key.slice(object.key.lastIndexOf('/') + 1);
    },
  };
}
