import { expect, it } from 'vitest';
import { languageCode } from '../../../activities/models/openai/language-code.ts';

it.each([
  ['spanish', 'es'],
  ['Haitian Creole', 'ht'],
  ['quechua', 'qu'],
  ['es', 'es'],
  ['es-PE', 'es'],
  ['PT_BR', 'pt'],
  ['jw', 'jv'],
  ['klingon', null],
  ['', null],
  [null, null],
])('reads %s as %s', (stated, code) => {
  expect(languageCode(stated)).toBe(code);
});
