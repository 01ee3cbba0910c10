/** A window is at most 31 days: its last day is at most 30 after its first. */
const maxWindowDays = 31;
const maxRows = 100;

/**
 * The least number of requests for days with so many rows: each window costs a request for every 100 rows and at least
 * one, and every day is in a window. Looks at every way to cut, from the first day on.
 */
export function leastWindows(rowsADay: readonly number[]): number {
  const least = [0];
  for (let end = 1; end <= rowsADay.length; end += 1) {
    let rows = 0;
    let best = Infinity;
    for (let start = end - 1; start >= Math.max(0, end - maxWindowDays); start -= 1) {
      rows += rowsADay[start] ?? 0;
      best = Math.min(best, (least[start] ?? Infinity) + Math.max(1, Math.ceil(rows / maxRows)));
    }
    least.push(best);
  }
  return least.at(-1) ?? 0;
}
