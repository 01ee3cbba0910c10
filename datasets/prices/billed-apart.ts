/** Tiers that cost no more than the listed price. */
const PRICED_TIERS: ReadonlySet<unknown> = new Set(['auto', 'default', 'flex', null]);
/** A fee for each search, for sound in the answer, for predicted words that didn't come. */
const FEES = ['web_search_options', 'audio', 'prediction'];

/** The parameter of a request for which a provider asks more than the listed price of its tokens; null for none. */
export function billedApart(parameters: { readonly [name: string]: unknown }): string | null {
  if ('service_tier' in parameters && !PRICED_TIERS.has(parameters['service_tier'])) return 'service_tier';
  return FEES.find((name) => name in parameters) ?? null;
}
