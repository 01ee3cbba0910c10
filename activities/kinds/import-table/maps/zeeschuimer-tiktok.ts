import { MAPPED_POST_CSV } from '../mapped-post-csv.ts';
import type { TableMap } from '../table-map.ts';
import { POST_FIELDS, sightFields, within } from '../tiktok-post.ts';

/**
 * Posts that Zeeschuimer captured on tiktok.com: NDJSON with the post in `data` (`db.items.add` in js/zs-background.js), or
 * CSV with semicolons (`get_csv_blob` in popup/interface.js). By default it writes a post again for each page on which it was
 * seen. digitalmethodsinitiative/zeeschuimer at ffa27814846e, version 1.14.2; `last_updated` came in February 2026.
 */
export const zeeschuimerTiktok: TableMap = {
  name: 'zeeschuimer-tiktok',
  revision: 1,
  summary: 'TikTok posts (not comments) of Zeeschuimer, as NDJSON or CSV',
  delimiter: ';',
  csv: MAPPED_POST_CSV,
  json: {
    needs: [['data.id'], ['data.createTime'], ['data.desc']],
    fields: { ...within('data', POST_FIELDS), ...sightFields('') },
    keeps: 'original',
  },
};
