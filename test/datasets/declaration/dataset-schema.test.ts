import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { stepKinds } from '../../../activities/kinds/index.ts';
import { datasetSchema } from '../../../datasets/declaration/dataset-schema.ts';
import type { StepKindSignature } from '../../../datasets/step-kind.ts';
import { testKinds } from './test-kinds.ts';

const checkout = join(import.meta.dirname, '../../..');

function errorsIn(file: string, kinds: ReadonlyMap<string, StepKindSignature>): string[] {
  const validate = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    validateFormats: false,
  }).compile(datasetSchema(kinds));
  validate(parse(readFileSync(join(checkout, file), 'utf8')));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('the JSON Schema for editors', () => {
  it.each(['examples/peru-2022/dataset.yaml', 'datasets/declaration/starter/dataset.yaml'])('accepts %s', (file) => {
    expect(errorsIn(file, stepKinds)).toEqual([]);
  });

  it('accepts what the loader accepts', () => {
    expect(errorsIn('test/datasets/declaration/good/dataset.yaml', testKinds)).toEqual([]);
  });

  it.each([
    'missing-keys',
    'names',
    'partition-by-buckets',
    'partition-by-hour',
    'unknown-parameter',
    'unknown-step-key',
    'unknown-step-kind',
    'unknown-top-level-key',
    'wrong-parameters',
    'wrong-types',
  ])('marks %s', (name) => {
    expect(errorsIn(`test/datasets/declaration/bad/${name}/dataset.yaml`, testKinds)).not.toEqual([]);
  });

  it('knows the parameters of each step kind', () => {
    const errors = errorsIn('test/datasets/declaration/bad/wrong-types/dataset.yaml', testKinds);
    expect(errors).toEqual(
      expect.arrayContaining([
        '/steps/frames/with/every_nth must be integer',
        '/steps/video/with/regions must be array',
      ]),
    );
  });
});
