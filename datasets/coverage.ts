/** How much of what was asked for a collection has; what it is missing is said, never guessed. */
export interface Coverage {
  /** UTC days of a period, or items of a list such as the videos whose comments are asked for. */
  readonly of: 'day' | 'item';
  readonly complete: number;
  /** By reason, such as `server_error` or `recent`. */
  readonly partial: { readonly [why: string]: number };
  /** By reason, such as `max_requests` or `future`. */
  readonly not_asked: { readonly [why: string]: number };
  /** Which days those are, in order and without gaps; left out for items, whose ids enter no manifest. */
  readonly days?: readonly CoveredDays[];
}

export interface CoveredDays {
  /** First and last UTC day, both included, such as `2022-11-20`. */
  readonly from: string;
  readonly to: string;
  readonly status: 'complete' | 'partial' | 'not_asked';
  readonly why?: string;
}
