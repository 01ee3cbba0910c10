import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { digestOf, isDigest, sha256 } from '../../manifests/digest.ts';
import { cellKey, configurationDigest } from '../../datasets/configuration.ts';

it('names bytes by sha256', () => {
  expect(sha256('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('hashes the tag with the value, so that equal values under two tags differ', () => {
  expect(digestOf('cell', { b: 1, a: 'é' })).toBe(
    `sha256:${createHash('sha256').update('["cell",{"a":"é","b":1}]').digest('hex')}`,
  );
  expect(digestOf('cell', 1)).not.toBe(digestOf('request', 1));
});

it('keeps the golden values of every tag', () => {
  const golden = (['configuration', 'cell', 'request', 'outside', 'state', 'plan'] as const).map((tag) => [
    tag,
    digestOf(tag, { id: '7174390048999885044', n: null }),
  ]);
  expect(Object.fromEntries(golden)).toMatchInlineSnapshot(`
    {
      "cell": "sha256:6d59ac8edb3ce1d2d367e939796ce4db54de1d5db1c78ea3e186fe2899d17938",
      "configuration": "sha256:5c620b9c9382b61996984e8eeaaf174135b8d4f26d0a19e50c36b2662bcc5849",
      "outside": "sha256:e90bccc4666055b24db9c82ad8ce2b356a75e081191014621e5e1f27527baf16",
      "plan": "sha256:e03739d87cb1ef030d54c95e38fafcf7b182346b31f06220586a482148359d14",
      "request": "sha256:21df98ffd83ee0e4936bb1c16657f93ae2b7f97ee7d1da463c070afa4384e6eb",
      "state": "sha256:83119213d9beb734a0bedd316a732e3881861c6b36a396d3339c67f24d41790f",
    }
  `);
});

it('keeps the golden configuration digest and cell key', () => {
  const configuration = configurationDigest({
    kind: 'ai/generate',
    revision: 2,
    parameters: {
      model: { provider: 'openai', model: 'gpt-4o-2024-11-20' },
      prompt: { prompt: sha256('Describe.\n') },
    },
  });
  expect(configuration).toMatchInlineSnapshot(
    `"sha256:bb1481cded7e00d22cda8c4a676d0b0e80aa621a767c254ace0d3c2e92b2119b"`,
  );
  const inputs = {
    'frames.frames': { status: 'ok', value: [sha256('jpeg')] },
    'transcript.text': { status: 'skipped', value: null },
  } as const;
  expect(cellKey(configuration, inputs)).toMatchInlineSnapshot(
    `"sha256:0329e97ef3b9a8a1ef48b44d13344ea36e5b6e14afe3d8eb3711cfc0269d3404"`,
  );
  expect(cellKey(configuration, inputs, sha256('file'))).toMatchInlineSnapshot(
    `"sha256:ae3f62ba8005e1904f34ffb50197886a7bafaf9351e73f2182ea3149be1a5d57"`,
  );
});

it('gives another key when only the upstream status differs', () => {
  const configuration = configurationDigest({ kind: 'ai/classify', revision: 1, parameters: {} });
  expect(cellKey(configuration, { text: { status: 'failed', value: null } })).not.toBe(
    cellKey(configuration, { text: { status: 'skipped', value: null } }),
  );
});

it.each(['sha256:abc', 'abc', `sha256:${'A'.repeat(64)}`, null])('does not take %s for a digest', (text) => {
  expect(isDigest(text)).toBe(false);
});
