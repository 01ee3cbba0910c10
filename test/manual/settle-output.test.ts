import { describe, expect, it } from 'vitest';
import { ManualPage } from './manual-page.ts';
import { settleOutput } from './settle-output.ts';

const shown = (await ManualPage.read('docs/rerun-a-step.md')).blocks('text').map((text) => text.slice(0, -1));
const settled = (printed: readonly string[]) => settleOutput(printed, 'ada');

/** What stands on the page in the place of something that differs from run to run. */
const STAND_IN =
  /sha256:[0-9a-f]+|\br-mww8k3fa-5e0c21|\breq_\w+|2026-11-25 14:03(:11)? UTC|2\.1 s$|259 kB|^run .*|gettok\/0\.1\.0 node\/24\.21\.0/gm;

describe('settled output', () => {
  it('is settled already', () => expect(settled(shown)).toEqual(shown));

  it('of another run is the same', () => {
    const name = (digit: string) => `sha256:${digit.repeat(8)}`;
    const run = (user: string, [first, second]: readonly [string, string], time: string, took: string) => [
      `version  ${first}  on main    24 rows    ${took}`,
      `*  ${first}   ${time} UTC   24 rows   ${user}   (main)\n*  ${second}   ${time} UTC   24 rows   ${user}`,
      `version  ${second}  on pilot    24 rows    ${took}`,
      `version ${second}${'0'.repeat(56)}`,
    ];
    const one = settleOutput(run('ada', [name('a'), name('b')], '2026-11-25 14:03', '0.9 s'), 'ada');
    expect(settleOutput(run('root', [name('c'), name('d')], '2027-01-02 03:04', '1m 02 s'), 'root')).toEqual(one);
    const swapped = run('ada', [name('c'), name('d')], '2026-11-25 14:03', '0.9 s').with(
      3,
      `version ${name('c')}${'0'.repeat(56)}`,
    );
    expect(settleOutput(swapped, 'ada')).not.toEqual(one);
  });

  // A comparison that overlooks a figure would let the manual say what the program no longer does.
  it('differs when any figure does, but for those that can’t stay the same', () => {
    let changed = 0;
    for (const [at, text] of shown.entries()) {
      const open = text.replaceAll(STAND_IN, (what) => '·'.repeat(what.length));
      for (const { index } of open.matchAll(/\d/g)) {
        const digit = String((Number(text[index]) + 1) % 10);
        const other = shown.with(at, text.slice(0, index) + digit + text.slice(index + 1));
        expect(settled(other), text.slice(Math.max(0, index - 40), index + 1)).not.toEqual(shown);
        changed += 1;
      }
    }
    expect(changed).toBeGreaterThan(1500);
  });
});
