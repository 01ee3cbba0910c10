import { isList, isStruct } from '../../../../datasets/is-list.ts';
import type { FieldType } from '../field-type.ts';
import { KNOWN_FIELDS } from '../known-fields.ts';
import type { RawRow } from '../raw-value.ts';
import { shown } from '../table-problems.ts';
import type { ExportForm, MappedField, TableMap, Values } from '../table-map.ts';
import { valueAt } from '../value-at.ts';
import { epochSeconds, jsonText, listText, TIME } from '../written-values.ts';

/** Names that a field has, or had, elsewhere: in the API's documentation, and in traktok's tables. */
const OTHER_NAMES: Record<string, readonly string[]> = {
  id: ['video_id'],
  username: ['author_name'],
  favorites_count: ['favourites_count'],
};

const field = (name: string, type: FieldType): MappedField => ({
  type,
  from: [name, ...(OTHER_NAMES[name] ?? [])],
  ...(name === 'create_time' && { read: epochSeconds, expects: TIME }),
  ...(typeof type !== 'string' && { read: listText, expects: 'a list' }),
  ...(type === 'json' && { read: jsonText }),
});

const form: ExportForm = {
  needs: [
    ['id', 'video_id'],
    ['create_time', 'username', 'region_code', 'view_count', 'voice_to_text'],
  ],
  fields: {
    id: field('id', 'text'),
    ...Object.fromEntries(
      [...KNOWN_FIELDS]
        .filter(([name]) => !Object.values(OTHER_NAMES).flat().includes(name))
        .map(([name, type]) => [name, field(name, type)]),
    ),
  },
  keeps: 'columns',
};

/**
 * Video objects of the TikTok Research API (https://developers.tiktok.com/doc/research-api-specs-query-videos), each alone,
 * in a list, or in the pages `{data: {videos: […]}}` that the API answers. So they are saved by collect_data/collect_metadata.py
 * of gabbypinto/GET-Tok-Peru at c8911f834c49 (pages), by users of researchtikpy/get_query.py of HohnerJulian/ResearchTikPy at
 * 921700286df3 (a pandas table, whose CSV has Python's lists) and of R/parse_research.r of JBGruber/traktok at b04aa36ec949
 * (`video_id`, `author_name`, times as text).
 */
export const tiktokResearchApi: TableMap = {
  name: 'tiktok-research-api',
  revision: 1,
  summary: 'videos of the TikTok Research API, as JSON or NDJSON (also whole pages of answers) or CSV',
  csv: form,
  json: { ...form, fault: faultOfPage, records: videosOf },
};

const videosIn = (values: Values) => {
  const videos = valueAt(values, 'data.videos');
  return isList(videos) ? videos : null;
};

/** An error that was saved as if it were a page: the videos that it stands for are missing. */
function faultOfPage(values: Values): string | null {
  const code = valueAt(values, 'error.code');
  return typeof code === 'string' && code !== 'ok' && (videosIn(values)?.length ?? 0) === 0
    ? `the API answered with the error ${shown(code)}, not with videos; ask again for them, or take this page out`
    : null;
}

function* videosOf(row: RawRow): Iterable<RawRow> {
  const videos = videosIn(row.values);
  if (videos === null) yield row;
  for (const [index, video] of (videos ?? []).entries())
    yield { place: `${row.place} data.videos[${index}]`, values: isStruct(video) ? video : {} };
}
