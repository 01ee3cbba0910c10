/** 43697 → `43,697`. */
export const formatCount = (count: number | bigint): string => count.toLocaleString('en-US');

/** Billionths of a dollar → `$0.0021`, `$148.02`; null is `unknown`. */
export function formatCost(nanoUsd: bigint | null): string {
  if (nanoUsd === null) return 'unknown';
  const usd = Number(nanoUsd) / 1e9;
  return `$${usd === 0 || usd >= 0.995 ? usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }) : usd.toPrecision(2)}`;
}

/** 41 → `41 s`, 770 → `12m 50s`, 7300 → `2h 01m`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (whole < 60) return `${whole} s`;
  const pad = (part: number) => String(part).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h ${pad(Math.floor((whole % 3600) / 60))}m`;
}

/** (2, "row") → `2 rows`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** 2026-11-23T18:02:11Z → `2026-11-23 18:02 UTC`. */
export const formatTime = (epochMs: number): string =>
  `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** A time of today: `14:05:20 UTC`. */
export const formatClock = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(11, 19)} UTC`;

/** `sha256:7f3a91c2` of a digest: enough to name a version. */
export const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 8);
