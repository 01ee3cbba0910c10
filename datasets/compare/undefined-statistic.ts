/** Why a statistic has no value: nothing to compute it from, or a division by zero that no convention mends. */
export type WhyUndefined = 'no_rows' | 'one_value' | 'too_few_rows' | 'constant';

export const WHY_UNDEFINED: Readonly<Record<WhyUndefined, string>> = {
  no_rows: 'no row has a value on both sides',
  one_value: 'all values are the same one, and by chance they would be too',
  too_few_rows: 'it takes at least two rows',
  constant: 'one side has the same value in every row',
};
