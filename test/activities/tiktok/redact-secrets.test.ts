import { expect, it } from 'vitest';
import { redactSecrets } from '../../../activities/tiktok/redact-secrets.ts';

it.each([
  ['a secret wherever it stands', 'xx7f3k9q2m1p4zyy', ['7f3k9q2m1p4z'], 'xx[secret]yy'],
  ['a long one that is a word', 'it is correcthorse', ['correcthorse'], 'it is [secret]'],
  ['a short one with a digit', 'no app k1', ['k1'], 'no app [secret]'],
  ['one as a form has it', 'client_secret=se%26cret', ['se&cret'], 'client_secret=[secret]'],
  ['one that begins with another', 'a1b2c3d4e5', ['a1b2c3d4', 'a1b2c3d4e5'], '[secret]'],
  ['a word that is given as a value', 'client_key=any, "any", key: any', ['any'], 'client_key=[secret], "[secret]", key: [secret]'], // prettier-ignore
])('takes out %s', (_what, text, secrets, redacted) => {
  expect(redactSecrets(text, secrets)).toBe(redacted);
});

it('leaves a sentence that has a word like one in it', () => {
  const said = 'Client key or secret is incorrect. Many of them are.';
  expect(redactSecrets(said, ['key', 'secret', 'any', 's', ''])).toBe(said);
});
