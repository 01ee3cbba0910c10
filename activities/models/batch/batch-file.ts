import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import { GettokError } from '../../../manifests/gettok-error.ts';

/** Where the requests of a batch go. Speech is no choice: the Batch API has no endpoint for audio. */
export type BatchPath = '/v1/chat/completions' | '/v1/embeddings';

export interface BatchLine {
  /** 1 to 64 characters, once in a batch; it is what joins an answer to its request. */
  readonly customId: string;
  /** As sent: images are data URLs already. All lines of a batch ask one model. */
  readonly body: JsonObject;
}

/** The requests of one batch as they are uploaded. */
export interface BatchFile {
  readonly path: BatchPath;
  /** In the order of the lines: line 1 of the file is the first. */
  readonly customIds: readonly string[];
  readonly content: Blob;
}

/** What one batch takes at most. */
export interface BatchLimits {
  /** Requests, and inputs of embeddings over all requests. */
  readonly requests: number;
  readonly bytes: number;
}

/** https://developers.openai.com/api/docs/guides/batch; 200 MB are taken as the smaller of the two readings. */
export const openAIBatchLimits: BatchLimits = { requests: 50_000, bytes: 200_000_000 };

const LONGEST_CUSTOM_ID = 64;
// Lines go to blobs in pieces of this size, outside of the JavaScript heap, and are there once.
const PIECE_BYTES = 1024 * 1024;

/**
 * The lines in files of at most what a batch takes, in their order, so that the same lines give the same files. Only one
 * file is in memory at a time, and no line is made before the file that it belongs to is wanted.
 */
export async function* batchFiles(
  path: BatchPath,
  lines: Iterable<BatchLine> | AsyncIterable<BatchLine>,
  limits: BatchLimits = openAIBatchLimits,
): AsyncGenerator<BatchFile> {
  let file = new OpenFile(path);
  for await (const line of lines) {
    const bytes = lineBytes(path, line);
    const inputs = inputsOf(path, line.body);
    if (bytes.length > limits.bytes) throw new LargeBatchLineError(line.customId, bytes.length, limits.bytes);
    if (!file.hasRoom(bytes.length, inputs, limits)) {
      yield file.end();
      file = new OpenFile(path);
    }
    file.add(line.customId, bytes, inputs);
  }
  if (!file.isEmpty) yield file.end();
}

/** One request alone is more than a batch takes. */
export class LargeBatchLineError extends GettokError {
  override readonly name = 'LargeBatchLineError';
  readonly customId: string;
  readonly byteLength: number;
  constructor(customId: string, byteLength: number, limit: number) {
    super(
      `One request has ${byteLength} bytes, and a whole batch takes ${limit}. ` +
        `Send fewer or smaller images (max and width of media/frames), or run without --batch.`,
    );
    this.customId = customId;
    this.byteLength = byteLength;
  }
}

class OpenFile {
  readonly #path: BatchPath;
  readonly #customIds = new Set<string>();
  readonly #pieces: Blob[] = [];
  #lines: Buffer[] = [];
  #openBytes = 0;
  #byteLength = 0;
  #inputs = 0;

  constructor(path: BatchPath) {
    this.#path = path;
  }

  get isEmpty(): boolean {
    return this.#customIds.size === 0;
  }

  hasRoom(byteLength: number, inputs: number, limits: BatchLimits): boolean {
    if (this.isEmpty) return true;
    if (this.#customIds.size >= limits.requests || this.#inputs + inputs > limits.requests) return false;
    return this.#byteLength + byteLength <= limits.bytes;
  }

  add(customId: string, bytes: Buffer, inputs: number): void {
    if (this.#customIds.has(customId)) throw new RangeError(`two lines of a batch have the custom id ${customId}`);
    this.#customIds.add(customId);
    this.#lines.push(bytes);
    this.#openBytes += bytes.length;
    this.#byteLength += bytes.length;
    this.#inputs += inputs;
    if (this.#openBytes >= PIECE_BYTES) this.#closePiece();
  }

  end(): BatchFile {
    this.#closePiece();
    return { path: this.#path, customIds: [...this.#customIds], content: new Blob(this.#pieces) };
  }

  #closePiece(): void {
    this.#pieces.push(new Blob([new Uint8Array(Buffer.concat(this.#lines))]));
    this.#lines = [];
    this.#openBytes = 0;
  }
}

function lineBytes(url: BatchPath, { customId, body }: BatchLine): Buffer {
  if (customId === '' || customId.length > LONGEST_CUSTOM_ID)
    throw new RangeError(`a custom id has 1 to ${LONGEST_CUSTOM_ID} characters: ${JSON.stringify(customId)}`);
  return Buffer.from(`${JSON.stringify({ custom_id: customId, method: 'POST', url, body })}\n`);
}

/** Batches of embeddings are limited by their inputs too, of which one request may have many. */
function inputsOf(path: BatchPath, { input }: JsonObject): number {
  return path === '/v1/embeddings' && Array.isArray(input) ? input.length : 1;
}
