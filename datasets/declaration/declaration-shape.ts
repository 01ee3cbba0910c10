import { z } from 'zod';
import { isOrcid, isOrcidShaped, orcidCheckDigit } from './orcid.ts';

// The text of each check completes "expected …". Every description appears in the reference and in editors.

const text = () => z.string().regex(/\S/, 'a text that is not empty');

export const STEP_NAME = /^[a-z][a-z0-9_]{0,62}$/;
export const STEP_NAME_TEXT = 'lower-case letters, digits and _, a letter first, at most 63';

const orcid = z.string().check(({ value, issues }) => {
  const bare = value.replace(/^https:\/\/orcid\.org\//, '');
  if (!isOrcidShaped(bare))
    issues.push({
      code: 'invalid_format',
      format: 'orcid',
      input: value,
      message: 'an ORCID iD such as 0000-0002-1825-0097',
    });
  else if (!isOrcid(bare)) {
    const message = `one that ends in ${orcidCheckDigit(bare)}: its check digit says that a digit is wrong`;
    issues.push({ code: 'invalid_format', format: 'orcid', input: value, message });
  }
});

const creator = z.strictObject({
  name: text().describe('As it is to be cited'),
  orcid: orcid.optional().describe('ORCID iD, such as 0000-0002-1825-0097'),
  affiliation: text().optional().describe('Institution'),
});

export const partitionByTime = z.strictObject({
  by: text().describe('A column of the source step: seconds since 1970 or an ISO 8601 time'),
  every: z.literal('day').describe('One partition for each UTC day'),
});

export const partitionById = z.strictObject({
  by: z.literal('id').describe('The id of the row'),
  buckets: z.int().min(1).max(4096).describe('How many partitions; a row always falls into the same'),
});

const release = z.strictObject({
  public: z
    .array(text())
    .describe('Columns that a release publishes, as `id` or `step.column`; no others leave the house'),
});

const retention = z.strictObject({
  refresh_days: z
    .int()
    .min(1)
    .optional()
    .describe('After so many days a row is to be asked for again; `gettok status` says what is overdue'),
  on_deleted: z
    .enum(['flag', 'withdraw'])
    .default('flag')
    .describe(
      'What becomes of a row that is found to be gone at its origin: it stays with `deleted_at`, or it leaves the next version',
    ),
});

/** The keys of `dataset.yaml`; models and steps are checked one by one. */
export const declarationShape = {
  dataset: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and -, at most 63')
    .describe('Name of the dataset, unique in its project; part of addresses, so better never changed'),
  title: text().optional().describe('For people; the name when left out'),
  creators: z.array(creator).optional().describe('Who made the dataset, in the order of citation'),
  license: text()
    .nullable()
    .optional()
    .describe('Licence of the released data, best as an SPDX identifier such as CC-BY-4.0'),
  partition: z
    .union([partitionByTime, partitionById])
    .optional()
    .describe('How rows are cut into units of work and storage; `{ by: id, buckets: 16 }` when left out'),
  models: z.record(z.string(), z.unknown()).optional().describe('Models by name; a step refers to them by it'),
  steps: z.record(z.string(), z.unknown()).describe('Steps by name, in any order'),
  retention: retention.nullable().optional().describe('How long collected rows stay as they are'),
  release: release.nullable().optional().describe('What a release publishes'),
} as const;

export const stepShape = z.strictObject({
  uses: text().describe('The step kind'),
  needs: z.array(text()).optional().describe('Steps whose columns this step reads; none for the source step'),
  with: z.record(z.string(), z.unknown()).nullable().optional().describe('Parameters of the step kind'),
  was: text()
    .optional()
    .describe('The name that the step had in earlier versions: its cells are kept under the new one'),
});
