import type { ExportForm, TableMap } from '../table-map.ts';
import { fourCatTiktok } from './4cat-tiktok.ts';
import { pyktok } from './pyktok.ts';
import { tiktokResearchApi } from './tiktok-research-api.ts';
import { zeeschuimerTiktok } from './zeeschuimer-tiktok.ts';

/** To add a mapping: one file beside this one that exports it, listed here. */
export const tableMaps: ReadonlyMap<string, TableMap> = new Map(
  [fourCatTiktok, zeeschuimerTiktok, tiktokResearchApi, pyktok].map((map) => [map.name, map]),
);

/** The first map with a form that fits. */
export const mapThatFits = (form: 'csv' | 'json', fits: (form: ExportForm) => boolean): TableMap | undefined =>
  [...tableMaps.values()].find(({ [form]: candidate }) => candidate !== undefined && fits(candidate));
