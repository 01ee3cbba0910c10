import { expect, it } from 'vitest';
import { createOutages, EXHAUSTED_AT_MOST } from '../../../activities/models/outage.ts';

const outage = () => createOutages().of('openai gpt-4o');

it('counts requests that used up their tries until something is answered', () => {
  const one = outage();
  expect(one).toMatchObject({ inARow: 0, everAnswered: false });
  for (const ms of [1, 2, 3]) one.exhausted(ms);
  expect(one.inARow).toBe(3);
  one.answered(4);
  expect(one).toMatchObject({ inARow: 0, everAnswered: true });
});

it('still counts what failed after an answer that is told late, since it had to be made durable', () => {
  const one = outage();
  one.exhausted(1);
  for (const ms of [11, 12, 13]) one.exhausted(ms);
  one.answered(10);
  expect(one.inARow).toBe(3);
});

it('counts no further than it takes to call a provider down', () => {
  const one = outage();
  for (let ms = 0; ms < 1000; ms += 1) one.exhausted(ms);
  expect(one.inARow).toBe(EXHAUSTED_AT_MOST + 1);
});

it('keeps providers and models apart', () => {
  const outages = createOutages();
  outages.of('a').exhausted(1);
  expect(outages.of('a').inARow).toBe(1);
  expect(outages.of('b').inARow).toBe(0);
});
