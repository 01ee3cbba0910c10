import { type Columns, int64 } from '../../datasets/column-type.ts';
import { type FieldType, toColumnType } from '../kinds/import-table/field-type.ts';

/** Fields of an account: https://developers.tiktok.com/doc/research-api-specs-query-user-info. */
export const USER_FIELDS: ReadonlyMap<string, FieldType> = new Map<string, FieldType>([
  ['display_name', 'text'],
  ['bio_description', 'text'],
  ['bio_url', 'text'],
  ['avatar_url', 'text'],
  ['is_verified', 'bool'],
  ['follower_count', 'int64'],
  ['following_count', 'int64'],
  ['likes_count', 'int64'],
  ['video_count', 'int64'],
]);

export const USER_COLUMNS: Columns = {
  ...Object.fromEntries([...USER_FIELDS].map(([name, type]) => [name, toColumnType(type)])),
  observed_at: int64(),
  deleted_at: int64(),
};
