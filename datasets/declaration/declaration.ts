import type { Json } from '../../manifests/canonical-json.ts';
import type { Columns } from '../column-type.ts';
import type { Model, Params, Reads, StepKindSignature } from '../step-kind.ts';

/** What one `dataset.yaml` declares, checked and completed. Steps stand in an order in which each follows its needs. */
export interface Declaration {
  readonly dataset: string;
  readonly title: string;
  readonly creators: readonly Creator[];
  readonly license: string | null;
  readonly partition: Partitioning;
  readonly models: { readonly [name: string]: Model };
  readonly steps: readonly Step[];
  /** How long collected rows stay as they are; null when nothing is declared. */
  readonly retention: Retention | null;
  readonly release: { readonly public: readonly string[] } | null;
  /** Values that `--set` overrode, as `path=value`. */
  readonly overrides: readonly string[];
  /** Absolute path of the folder that holds `dataset.yaml`: never leaves this machine's plan. */
  readonly folder: string;
  /** The declaration without layout, comments, order or paths of prompts, as manifests keep it. */
  readonly normalised: Json;
}

export interface Creator {
  readonly name: string;
  readonly orcid?: string | undefined;
  readonly affiliation?: string | undefined;
}

export interface Retention {
  readonly refresh_days?: number | undefined;
  readonly on_deleted: 'flag' | 'withdraw';
}

export type Partitioning =
  { readonly by: string; readonly every: 'day' } | { readonly by: 'id'; readonly buckets: number };

export interface Step {
  readonly name: string;
  /** The name that it had in earlier versions. */
  readonly was?: string;
  readonly kind: StepKindSignature;
  readonly needs: readonly string[];
  /** Completed by defaults; prompts and models put in place of their names. */
  readonly params: Params;
  /** The parameters as they enter the configuration digest: no defaults, prompts by digest, models by what they are. */
  readonly identity: { readonly [name: string]: Json };
  readonly tuning: Params;
  readonly reads: Reads;
  readonly makes: Columns;
}
