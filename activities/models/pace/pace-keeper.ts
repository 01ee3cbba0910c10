export interface PaceKeeper {
  take(tokens: number, options: { readonly signal: AbortSignal; readonly first?: boolean }): Promise<Slot>;
}
export interface Slot extends Disposable {
  answered(response: { readonly status: number; readonly headers: Headers }): void;
  lost(): void;
}
export interface PaceLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly maxConcurrency: number;
}
export interface PaceKeepers {
  of(key: string, limits: PaceLimits): PaceKeeper;
}
