import pLimit from 'p-limit';
import type { PaceKeeper, PaceKeepers } from './pace-keeper.ts';
export function createPaceKeepers(_: { readonly share: number }): PaceKeepers {
  const all = new Map<string, PaceKeeper>();
  return {
    of(key, { maxConcurrency }) {
      const limit = pLimit(maxConcurrency);
      const keeper = all.get(key) ?? {
        take: async () => {
          const got = Promise.withResolvers<void>();
          const end = Promise.withResolvers<void>();
          void limit(async () => {
            got.resolve();
            await end.promise;
          });
          await got.promise;
          return { answered() {}, lost() {}, [Symbol.dispose]: () => end.resolve() };
        },
      };
      all.set(key, keeper);
      return keeper;
    },
  };
}
