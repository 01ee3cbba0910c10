import type { Columns } from '../column-type.ts';
import type { Params, Prompt, Reads, StepKindSignature } from '../step-kind.ts';
import type { JsonObject } from './json-object.ts';
import type { Path } from './yaml-place.ts';

/** A step on its way to being checked; what isn't known because something was wrong is null. */
export interface DraftStep {
  readonly name: string;
  readonly path: Path;
  readonly was?: string;
  readonly kind: StepKindSignature | null;
  /** Declared steps among its `needs`, each once. */
  readonly needs: readonly string[];
  readonly with: JsonObject | null;
  params: Params | null;
  tuning: Params | null;
  prompts: readonly { readonly at: Path; readonly prompt: Prompt }[];
  /** Whether every placeholder of its prompts is provided. */
  promptsUsable: boolean;
  makes: Columns | null;
  reads: Reads | null;
}
