export interface Budget {
  reserve(ceiling: bigint): Promise<Reservation>;
  lease(name: string, ceiling: bigint): Promise<void>;
  settle(name: string, actual: bigint): Promise<void>;
}
export interface Reservation {
  settle(actual: bigint): void;
}
