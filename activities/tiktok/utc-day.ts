/** A UTC day such as `2022-11-20`; days compare as texts. */
export type UtcDay = string;

const DAY_MS = 86_400_000;

export const dayOfMs = (epochMs: number): UtcDay => new Date(epochMs).toISOString().slice(0, 10);
export const dayOfSeconds = (epochS: bigint): UtcDay => dayOfMs(Number(epochS) * 1000);
export const startMs = (day: UtcDay): number => Date.parse(`${day}T00:00:00Z`);
export const addDays = (day: UtcDay, days: number): UtcDay => dayOfMs(startMs(day) + days * DAY_MS);
/** How many days there are from one to another, both counted. */
export const daysFrom = (first: UtcDay, last: UtcDay): number => (startMs(last) - startMs(first)) / DAY_MS + 1;
export const earlierOf = (a: UtcDay, b: UtcDay): UtcDay => (a < b ? a : b);

/** `20221120`, as the API has it. */
export const compactDay = (day: UtcDay): string => day.replaceAll('-', '');

export function daysOf(first: UtcDay, last: UtcDay): UtcDay[] {
  return Array.from({ length: Math.max(0, daysFrom(first, last)) }, (_, index) => addDays(first, index));
}
