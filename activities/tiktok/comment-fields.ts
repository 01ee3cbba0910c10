import { type Columns, int64 } from '../../datasets/column-type.ts';
import { type FieldType, toColumnType } from '../kinds/import-table/field-type.ts';

/** Fields of a comment: https://developers.tiktok.com/doc/research-api-specs-query-video-comments. */
export const COMMENT_FIELDS: ReadonlyMap<string, FieldType> = new Map<string, FieldType>([
  ['video_id', 'text'],
  ['text', 'text'],
  ['like_count', 'int64'],
  ['reply_count', 'int64'],
  ['parent_comment_id', 'text'],
  ['create_time', 'int64'],
]);

export const COMMENT_COLUMNS: Columns = {
  ...Object.fromEntries([...COMMENT_FIELDS].map(([name, type]) => [name, toColumnType(type)])),
  observed_at: int64(),
};
