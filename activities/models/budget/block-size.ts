/**
 * How much a worker takes from the ledger at once, in billionths of a dollar; 0 when there is not enough for the first of
 * those who wait. `lacking` is what it needs for the first, for the first two, and so on.
 *
 * A fiftieth of the budget at most, so that ten killed workers can't lose more than a fifth of it beside their calls in
 * flight; and never more than a quarter of what is left, so that no worker sits on what another could use near the end.
 */
export function blockSize(lacking: readonly bigint[], left: bigint, limit: bigint): bigint {
  const all = lacking.at(-1) ?? 0n;
  const fiftieth = limit / 50n;
  const quarter = left / 4n;
  const block = fiftieth < quarter ? fiftieth : quarter;
  const wanted = block > all ? block : all;
  if (wanted <= left) return wanted;
  return lacking.findLast((amount) => amount <= left) ?? 0n;
}
