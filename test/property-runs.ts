/** How many cases a property is tried with: few by default, more with GETTOK_PROPERTY_RUNS=<factor>. */
export const propertyRuns = (few: number): number => few * Number(process.env['GETTOK_PROPERTY_RUNS'] ?? 1);
