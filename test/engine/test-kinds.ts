import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { defineStepKind, failed, optional, skipped, type StepKind } from '../../activities/step-kind.ts';
import { bool, int64, list, text } from '../../datasets/column-type.ts';
import { digestOf, sha256 } from '../../manifests/digest.ts';

interface TestRow {
  readonly id: string;
  readonly day: string | null;
  readonly word: string | null;
  readonly other?: number;
}

/** Step kinds that do next to nothing, and say what they were asked to do. */
export function testKinds(): {
  readonly kinds: ReadonlyMap<string, StepKind>;
  readonly made: string[];
  block: Promise<void> | null;
} {
  const harness = { made: [] as string[], block: null as Promise<void> | null };
  const rows = defineStepKind({
    kind: 'test/rows',
    revision: 1,
    summary: 'Rows of a JSON file.',
    queue: 'files',
    params: z.strictObject({ path: z.string() }),
    tuning: z.strictObject({}),
    outside: {
      fingerprint: async ({ path }, { folder }) => digestOf('outside', sha256(await readFile(join(folder, path)))),
    },
    makes: () => ({ day: text(), word: text(), other: int64() }),
    async *rows({ path }, folder) {
      const all = JSON.parse(await readFile(join(folder, path), 'utf8')) as TestRow[];
      for (const [index, { id, day, word, other }] of all.entries())
        yield {
          id,
          values: { day, word, other: other === undefined ? null : BigInt(other) },
          place: `${path}:${index + 1}`,
        };
    },
  });
  const upper = defineStepKind({
    kind: 'test/upper',
    revision: 1,
    summary: 'The word in capitals; none is skipped, "bad" fails, "crash" throws.',
    queue: 'main',
    params: z.strictObject({ suffix: z.string().default('') }),
    tuning: z.strictObject({ delay_ms: z.int().default(0), concurrency: z.int().default(4) }),
    reads: { word: optional(text()) },
    makes: { upper: text(), letters: list(text()) },
    async cell({ word }, { suffix }, { id, tuning, signal }) {
      harness.made.push(`upper ${id}`);
      if (tuning.delay_ms > 0) await pause(tuning.delay_ms, undefined, { signal });
      await harness.block;
      if (word === null) return skipped('no_word');
      if (word === 'bad') return failed('bad_word', 'this word is bad');
      if (word === 'crash') throw new Error('crashed');
      return { upper: word.toUpperCase() + suffix, letters: word.split('') };
    },
  });
  const length = defineStepKind({
    kind: 'test/length',
    revision: 1,
    summary: 'Length of the upper word.',
    queue: 'media',
    params: z.strictObject({}),
    tuning: z.strictObject({}),
    reads: { upper: text() },
    makes: { length: int64(), even: bool(), digest: text() },
    async cell({ upper: word }, _params, { id }) {
      harness.made.push(`length ${id}`);
      const digest = createHash('sha256').update(word).digest('hex');
      return { length: BigInt(word.length), even: word.length % 2 === 0, digest };
    },
  });
  const kinds = new Map([rows, upper, length].map((kind) => [kind.kind, kind]));
  return Object.assign(harness, { kinds });
}
