import type { ModelRequest } from '../../activities/models/model-calls.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import { type Digest, isDigest } from '../../manifests/digest.ts';
import { isJsonObject } from '../../datasets/declaration/json-object.ts';

/** What a person reads of a request: its texts by who speaks, and what goes with them. */
export interface SentPrompt {
  readonly texts: readonly { readonly role: string; readonly text: string }[];
  /** In the order in which they were sent. */
  readonly images: readonly Digest[];
  readonly audio: Digest | null;
}

export function sentPrompt(request: ModelRequest): SentPrompt {
  const { body } = request;
  if (request.endpoint === 'chat/completions') {
    const messages = Array.isArray(body['messages']) ? body['messages'].filter(isJsonObject) : [];
    return {
      texts: messages.map(({ role, content }) => ({
        role: typeof role === 'string' ? role : '',
        text: textsIn(content).join('\n'),
      })),
      images: messages.flatMap(({ content }) => imagesIn(content)),
      audio: null,
    };
  }
  const [role, text] = request.endpoint === 'embeddings' ? ['input', body['input']] : ['hint', body['prompt']];
  return {
    texts: typeof text === 'string' ? [{ role, text }] : [],
    images: [],
    audio: request.endpoint === 'audio/transcriptions' ? request.audio : null,
  };
}

/** As a text file: `[system]` and the like above each text. */
export const promptText = ({ texts }: SentPrompt): string =>
  texts.map(({ role, text }) => `[${role}]\n${text}\n`).join('\n');

const partsOf = (content: Json | undefined) => (Array.isArray(content) ? content.filter(isJsonObject) : []);

const textsIn = (content: Json | undefined): string[] =>
  typeof content === 'string'
    ? [content]
    : partsOf(content).flatMap(({ text }) => (typeof text === 'string' ? [text] : []));

const imagesIn = (content: Json | undefined): Digest[] =>
  partsOf(content).flatMap(({ image_url: image }) =>
    isJsonObject(image) && isDigest(image['url']) ? [image['url']] : [],
  );
