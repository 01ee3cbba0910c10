import type { Model } from '../../../datasets/step-kind.ts';
import type { Declaration } from '../../../datasets/declaration/declaration.ts';
import { isModel } from '../../../datasets/declaration/parameter-references.ts';

/** What a declared model is for. */
export interface ModelPurpose {
  readonly model: Model;
  readonly asks: 'questions' | 'transcripts' | 'vectors';
  /** Whether a step asks it about images. */
  readonly images: boolean;
  /** Names of the steps that use it. */
  readonly steps: readonly string[];
}

const ASKS: Readonly<Record<string, ModelPurpose['asks']>> = { 'ai/transcribe': 'transcripts', 'ai/embed': 'vectors' };

/** The declared models with what their steps ask of them; of one that no step uses its name has to say it. */
export function modelPurposes({ models, steps }: Declaration): ModelPurpose[] {
  return Object.values(models).flatMap((model) => {
    const users = steps.filter(({ params }) =>
      Object.values(params).some((value) => isModel(value) && value.name === model.name),
    );
    if (users.length === 0) return [{ model, asks: askedByName(model), images: false, steps: [] }];
    const kinds = Map.groupBy(users, ({ kind }) => ASKS[kind.kind] ?? 'questions');
    return [...kinds].map(([asks, using]) => ({
      model,
      asks,
      images: asks === 'questions' && using.some(({ reads }) => readsImages(Object.values(reads))),
      steps: using.map(({ name }) => name),
    }));
  });
}

const readsImages = (reads: readonly { readonly type: { readonly media?: string } }[]) =>
  reads.some(({ type }) => type.media === 'image');

function askedByName({ model }: Model): ModelPurpose['asks'] {
  if (/embed/i.test(model)) return 'vectors';
  return /whisper|transcribe/i.test(model) ? 'transcripts' : 'questions';
}
