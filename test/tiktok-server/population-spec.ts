/** What a population follows from. Can be sent as JSON. */
export interface PopulationSpec {
  readonly seed: number;
  /** First and last UTC day of the videos that match, both included, such as `2022-11-20`. */
  readonly from: string;
  readonly to: string;
  /** Exactly so many match `peruQuery` between these days. */
  readonly matching: number;
  /** So many do not: of another region, about something else, or of the two days before or after. */
  readonly others: number;
}

/**
 * - `tiny`: 30 videos on 3 days
 * - `small`: 700 on 10 days, two of them of two pages, one of 3 videos and one of none
 * - `month`: 2,500 on 45 days, which no single window holds
 * - `peru-2022`: the 43,697 of GET-Tok on 102 days
 */
export const populations = {
  tiny: { seed: 5, from: '2022-12-06', to: '2022-12-08', matching: 30, others: 6 },
  small: { seed: 7, from: '2022-12-01', to: '2022-12-10', matching: 700, others: 120 },
  month: { seed: 11, from: '2022-11-20', to: '2023-01-03', matching: 2500, others: 400 },
  'peru-2022': { seed: 2022, from: '2022-11-20', to: '2023-03-01', matching: 43_697, others: 5000 },
} as const satisfies Record<string, PopulationSpec>;

export type PopulationName = keyof typeof populations;

export const isPopulationName = (name: string): name is PopulationName => Object.hasOwn(populations, name);
