import { expect, it } from 'vitest';
import { DayLedger } from '../../../activities/tiktok/day-ledger.ts';

it('calls no day complete whose pages were answered while it could still get videos, however late they are read', () => {
  const ledger = new DayLedger({
    from: '2026-11-20',
    to: '2026-11-24',
    startedAtMs: Date.UTC(2026, 11, 10),
    lagDays: 2,
    earlier: null,
    refresh: false,
  });
  const asked = Date.UTC(2026, 10, 25, 12);
  for (const day of ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24'] as const)
    ledger.complete(day, asked);
  expect(ledger.coverage()).toMatchObject({ complete: 3, partial: { recent: 2 } });
});
