import { expect, it } from 'vitest';
import { copySentence } from '../../cli/copy-dataset.ts';
import { sha256 } from '../../manifests/digest.ts';

it('says what is here and what is there as seen from this project, whichever way it copies', () => {
  const there = { manifest: sha256('target'), run: 'r-1', updatedAt: '2026-11-25T12:00:00Z', by: 'ada', etag: 'e' };
  const ref = {
    name: 'heads/main',
    version: sha256('source'),
    outcome: 'differs',
    there,
    key: 'k',
    bytes: Buffer.alloc(0),
  } as const;
  const report = { sent: 0, objects: 1, byteLength: 0, versions: 2, refs: [ref] };
  const [source, target] = [sha256('source').slice(0, 15), sha256('target').slice(0, 15)];
  expect(copySentence('peru', report, false)).toContain(`main is ${source} here, but ${target} there, which`);
  expect(copySentence('peru', report, true)).toContain(`main is ${source} there, but ${target} here, which`);
});
