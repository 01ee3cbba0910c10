import { expect, it } from 'vitest';
import { saveFolder } from '../../../cli/why/save-story.ts';

it.each([
  ['7203311094526659846', /^why-7203311094526659846$/],
  ['a b.c', /^why-a b\.c$/],
  ['', /^why-[0-9a-f]{16}$/],
  ['..', /^why-[0-9a-f]{16}$/],
  ['../../etc', /^why-[0-9a-f]{16}$/],
  ['a/b', /^why-[0-9a-f]{16}$/],
  ['a\\b', /^why-[0-9a-f]{16}$/],
  ['a\0b', /^why-[0-9a-f]{16}$/],
  ['x'.repeat(300), /^why-[0-9a-f]{16}$/],
])('an id names its folder only where it is a plain file name: %j', (id, folder) => {
  expect(saveFolder(id)).toMatch(folder);
});
