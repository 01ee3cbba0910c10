import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { mediaDownload } from '../../../activities/kinds/media-download.ts';

it('says of every code what happened and what to do, and of no other', async () => {
  const manual = await readFile(new URL('../../../docs/downloads.md', import.meta.url), 'utf8');
  const rows = [...manual.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| [^|]+ \| [^|]+ \|$/gm)];
  const listed = rows.flatMap(([, names = '']) => names.replaceAll('`', '').split(', '));
  expect(listed.toSorted()).toEqual(Object.keys(mediaDownload.codes!).toSorted());
});
