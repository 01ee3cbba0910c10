/** `end_date` is at most 30 days after `start_date`; whether it is included isn't known, so that 30 days are it in all. */
export const LONGEST_WINDOW = 30;
/**
 * A window's last page is half empty on average: with 2,000 videos a window that is 1 request in 40. A larger window would
 * lose more when a day in it fails.
 */
const VIDEOS_A_WINDOW = 2000;
/** Growth from one window to the next: the density of one day says little about the next thirty. */
const MOST_GROWTH = 4;

/** How many days to ask for at once: thin days together, dense days alone. */
export class WindowLength {
  #days = 1;

  get days(): number {
    return this.#days;
  }

  /** After a day that failed: the days after it may fail too, as whole months did (CybersecurityForDemocracy/tiktok-library#90). */
  startAnew(): void {
    this.#days = 1;
  }

  learn(videos: number, days: number): void {
    const fitting = videos === 0 ? LONGEST_WINDOW : Math.floor((VIDEOS_A_WINDOW * days) / videos);
    this.#days = Math.max(1, Math.min(fitting, days * MOST_GROWTH, LONGEST_WINDOW));
  }
}
