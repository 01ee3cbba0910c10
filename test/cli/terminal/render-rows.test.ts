import pc from 'picocolors';
import { expect, it } from 'vitest';
import { renderRows } from '../../../cli/terminal/render-rows.ts';
import { displayWidth } from '../../../cli/terminal/render-table.ts';

const colours = pc.createColors(false);
const text = (name: string) => ({ name, numeric: false });
const number = (name: string) => ({ name, numeric: true });

it('aligns text left and numbers right, and shows what is no printable text as boxes', () => {
  const columns = [text('id'), text('username'), number('likes')];
  const rows = [
    ['7203311094526659846', '日本語\u001b[31m', '12'],
    ['9', 'a\nb', null],
  ];
  expect(renderRows(columns, rows, { width: 80, colours })).toBe(
    [
      '  id                   username     likes',
      '  7203311094526659846  日本語▯[31m     12',
      '  9                    a b           null',
    ].join('\n'),
  );
});

it('shortens the widest columns first to fit a narrow terminal', () => {
  const rows = [
    [
      '7203311094526659846',
      'no podemos permitir que el presidente cierre el Congreso',
      'una mujer habla a la cámara en una plaza',
      'neutral',
    ],
  ];
  const rendered = renderRows([text('id'), text('transcript'), text('description'), text('stance')], rows, {
    width: 72,
    colours,
  });
  expect(rendered).toBe(
    [
      '  id                   transcript           description          stance',
      '  7203311094526659846  no podemos permiti…  una mujer habla a …  neutral',
    ].join('\n'),
  );
  for (const line of rendered.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(72);
});

it('shows rows below each other where the columns have no room', () => {
  const columns = ['id', 'username', 'description', 'stance'].map(text);
  expect(
    renderRows(
      columns,
      [
        ['1', 'a', null, 'neutral'],
        ['2', 'b', 'x'.repeat(50), 'support'],
      ],
      { width: 30, colours },
    ),
  ).toBe(
    [
      '  id           1',
      '  username     a',
      '  description  null',
      '  stance       neutral',
      '',
      '  id           2',
      '  username     b',
      `  description  ${'x'.repeat(19)}…`,
      '  stance       support',
    ].join('\n'),
  );
});
