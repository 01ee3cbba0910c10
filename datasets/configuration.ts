import type { Json } from '../manifests/canonical-json.ts';
import { type Digest, digestOf } from '../manifests/digest.ts';
import type { Status } from './cell.ts';

/** What decides a step's results apart from its inputs. Neither the step's name nor those of its needs are in it. */
export const configurationDigest = (step: {
  readonly kind: string;
  readonly revision: number;
  readonly parameters: { readonly [name: string]: Json };
}): Digest => digestOf('configuration', { kind: step.kind, revision: step.revision, parameters: step.parameters });

/** One input as it enters a cell key: the status of the step it comes from, and the value of the one column read. */
export interface KeyedInput {
  readonly status: Status;
  readonly value: Json;
}

/** Digest of everything one cell's values depend on; equal keys of the same row mean equal values. */
export const cellKey = (
  configuration: Digest,
  inputs: { readonly [role: string]: KeyedInput },
  outside: Json = null,
): Digest =>
  digestOf('cell', {
    configuration,
    inputs: Object.fromEntries(Object.entries(inputs).map(([role, { status, value }]) => [role, [status, value]])),
    outside,
  });
