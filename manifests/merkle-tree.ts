import { createHash, createHmac } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.ts';
import type { Digest } from './digest.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

const hash = (...parts: Uint8Array[]): Buffer => {
  const sha = createHash('sha256');
  for (const part of parts) sha.update(part);
  return sha.digest();
};

/**
 * Leaf of one row of a values file: `sha256(0x00 ‖ HMAC-SHA256(salt, step) ‖ canonical row)`. The salt (32 bytes, one a
 * row id, destroyed by a takedown) keeps a withdrawn row from being guessed back out of its leaf; the HMAC keeps the
 * leaves of one row in two steps apart.
 */
export const rowLeaf = (salt: Uint8Array, step: string, row: Json): Buffer =>
  hash(LEAF, createHmac('sha256', salt).update(step).digest(), Buffer.from(canonicalJson(row)));

/** Merkle tree hash of RFC 6962 section 2.1 over leaves that are hashed already; of no leaves, sha256 of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Digest {
  return `sha256:${subtree(leaves, 0, leaves.length).toString('hex')}`;
}

function subtree(leaves: readonly Uint8Array[], from: number, to: number): Uint8Array & Buffer {
  const size = to - from;
  if (size === 0) return hash();
  if (size === 1) return Buffer.from(leaves[from]!);
  const left = 2 ** Math.floor(Math.log2(size - 1));
  return hash(NODE, subtree(leaves, from, from + left), subtree(leaves, from + left, to));
}
