export const dayMs = 86_400_000;

/** A UTC day as the API writes it, such as `20221120`. */
export type UtcDay = string;

export const dayOf = (epochMs: number): UtcDay => new Date(epochMs).toISOString().slice(0, 10).replaceAll('-', '');

/** The first millisecond of a day; null when there is no such day, as in `20230230`. */
export function startOfDay(day: UtcDay): number | null {
  if (!/^\d{8}$/.test(day)) return null;
  const ms = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
  return Number.isNaN(ms) || dayOf(ms) !== day ? null : ms;
}

/** Every day from one to another, both included. Takes `2022-11-20` as well. */
export function daysBetween(from: string, to: string): UtcDay[] {
  const first = startOfDay(from.replaceAll('-', ''));
  const last = startOfDay(to.replaceAll('-', ''));
  if (first === null || last === null) throw new RangeError(`no days: ${from} to ${to}`);
  const days: UtcDay[] = [];
  for (let ms = first; ms <= last; ms += dayMs) days.push(dayOf(ms));
  return days;
}
