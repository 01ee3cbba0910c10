import { type AdjustablePaceKeeper, createPaceKeeper } from './create-pace-keeper.ts';
import type { PaceKeeper } from './pace-keeper.ts';
import type { PaceLimits } from './pace-limits.ts';

/** The pace-keepers of a worker. */
export interface PaceKeepers {
  /**
   * One for each key, `<base url> <model>`, shared by all cells. The limits are those of the newest call: a declaration may
   * change while a worker runs.
   */
  of(key: string, limits: PaceLimits): PaceKeeper;
}

/** `share` is this worker's part of the endpoints' limits, above 0 and at most 1. */
export function createPaceKeepers({ share }: { readonly share: number }): PaceKeepers {
  const keepers = new Map<string, AdjustablePaceKeeper>();
  return {
    of(key, limits) {
      const known = keepers.get(key);
      known?.limitTo(limits);
      const keeper = known ?? createPaceKeeper(limits, share);
      if (!known) keepers.set(key, keeper);
      return keeper;
    },
  };
}
