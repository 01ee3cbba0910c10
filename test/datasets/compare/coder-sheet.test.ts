import { expect, it } from 'vitest';
import { coderSheet } from '../../../datasets/compare/coder-sheet.ts';
import { fromSpreadsheet, spreadsheetText } from '../../../datasets/sql/spreadsheet-text.ts';

it('is a CSV file that no spreadsheet runs, rounds or takes apart', () => {
  const rows = [
    { id: '7171293847562934785', values: ['=cmd|calc', 'dos\nlíneas, "así"'] },
    { id: '42', values: [null, 'a;b\u0000\u001b[31m'] },
    { id: '007', values: ['+51', '-'] },
    { id: 'MAR1', values: ['ok', 'x'.repeat(33_000)] },
  ];
  expect(coderSheet(['video.text', 'transcript.text'], rows).replace(/x{32000}…/, 'x…')).toBe(
    '\ufeff' +
      [
        'id,video.text,transcript.text,label,note',
        `'7171293847562934785,'=cmd|calc,"dos\nlíneas, ""así""",,`,
        '42,,"a;b[31m",,',
        `'007,'+51,'-,,`,
        `'MAR1,ok,x…,,`,
        '',
      ].join('\r\n'),
  );
});

it('gives labels back as they were before they were made harmless', () => {
  for (const text of ['=1+1', '-support', "'quoted'", 'neutral', '＝x', "'=x", "''-x"])
    expect(fromSpreadsheet(spreadsheetText(text))).toBe(text);
});
