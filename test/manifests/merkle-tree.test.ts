import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { merkleRoot, rowLeaf } from '../../manifests/merkle-tree.ts';

const rfc6962Leaf = (hex: string) =>
  createHash('sha256')
    .update(Buffer.from([0]))
    .update(Buffer.from(hex, 'hex'))
    .digest();

/** The test tree of Certificate Transparency's reference implementation: inputs, and the root over the first n of them. */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

it.each(ROOTS.map((root, size) => [size, root]))('gives the RFC 6962 root over %i leaves', (size, root) => {
  expect(merkleRoot(INPUTS.slice(0, size).map(rfc6962Leaf))).toBe(`sha256:${root}`);
});

it('keeps the golden leaf of a row', () => {
  const salt = Buffer.alloc(32, 7);
  const row = { id: '7174390048999885044', like_count: '9007199254740993', status: 'ok', error_code: null };
  expect(rowLeaf(salt, 'video', row).toString('hex')).toMatchInlineSnapshot(
    `"4fa50b46d25ac7fd858a0be5ed7c07a86d3fb66e346629b8aebdd79b0af39404"`,
  );
});

it('gives one row other leaves under another salt or in another step', () => {
  const row = { id: '1' };
  const leaf = rowLeaf(Buffer.alloc(32, 1), 'video', row);
  expect(leaf).not.toEqual(rowLeaf(Buffer.alloc(32, 2), 'video', row));
  expect(leaf).not.toEqual(rowLeaf(Buffer.alloc(32, 1), 'media', row));
});
