import type { QueryConditions } from './condition.ts';

export const peruKeywords = [
  'Castillo',
  'Presidente Castillo',
  'Pedro Castillo',
  'Dina Boluarte',
  'Presidente Boluarte',
  'Boluarte',
] as const;

export const peruHashtags = [
  'PedroCastillo',
  'Castillo',
  'Boluarte',
  'pedrocastillo',
  'pedrocastilloperu',
  'pedrocastilloperú',
  'golpedeestado',
  'GolpeDeEstado',
  'golpedeestadoperu',
  'crisispoliticaenperu',
  'crisispoliticaenperú',
] as const;

/** What GET-Tok asked for Peru, 2022-11-20 to 2023-03-01 (arXiv 2402.05882). */
export const peruQuery: QueryConditions = {
  and: [{ operation: 'EQ', field_name: 'region_code', field_values: ['PE'] }],
  or: [
    { operation: 'IN', field_name: 'keyword', field_values: peruKeywords },
    { operation: 'IN', field_name: 'hashtag_name', field_values: peruHashtags },
  ],
};
