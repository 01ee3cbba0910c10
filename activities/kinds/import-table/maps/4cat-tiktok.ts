import { MAPPED_POST_CSV } from '../mapped-post-csv.ts';
import type { TableMap } from '../table-map.ts';
import { POST_FIELDS, sightFields } from '../tiktok-post.ts';

/**
 * Datasets of 4CAT's sources "Import scraped TikTok data" and "Search TikTok by post URL", as CSV (`mapped-result`) or as
 * they are stored: one post a line, with what Zeeschuimer knew of it in `__import_meta` (`format_import_item` in
 * common/lib/helpers.py); posts by URL have none. digitalmethodsinitiative/4cat at 227bead1d635, version 1.56.
 */
export const fourCatTiktok: TableMap = {
  name: '4cat-tiktok',
  revision: 1,
  summary: 'TikTok datasets of 4CAT, as CSV or NDJSON',
  csv: MAPPED_POST_CSV,
  json: {
    needs: [['id'], ['createTime'], ['desc']],
    fields: { ...POST_FIELDS, ...sightFields('__import_meta.') },
    keeps: 'original',
  },
};
