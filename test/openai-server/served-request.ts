import type { Fault } from './fault.ts';

/** The bytes of one request as they came, with the digest of exactly them. */
export interface Upload {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly bytesDigest: string;
}

/** A request that passed every check of its endpoint. Test callbacks and filters see this. */
export interface ServedRequest {
  /** With `{id}` in the place of an id. */
  readonly path: string;
  /** Set by the router. */
  readonly method?: string;
  /** The batch that it is a line of; missing when it was sent online. */
  readonly batch?: string;
  readonly model: string;
  /** The parsed body; of a form its fields, with `file` as `{ name, byteLength, sha256 }`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What it says: the texts of a conversation, the prompt of a transcription, the inputs of an embedding. */
  readonly text: string;
  /** Of the exact bytes; for a form, whose boundary differs each time, of its fields and the file's bytes. */
  readonly digest: string;
  readonly promptTokens: number;
  /** What a limit on tokens reserves for the answer: the request's own maximum, 0 when it sets none. */
  readonly reservedTokens: number;
  /** False for requests that no model works for, such as the list of models. */
  readonly billed: boolean;
  reply(answer: Answer | undefined, context: ReplyContext): Reply;
}

/** A string is the text answered; an object is answered as JSON text, or fills in a transcription. */
export type Answer = string | object;

export interface ReplyContext {
  readonly requestId: string;
  readonly now: Date;
  /** For requests on which a fault acts later than on the answer: the creation of a batch. */
  readonly fault: Fault | null;
}

export interface Reply {
  readonly contentType: string;
  readonly body: string | object;
}

export const jsonReply = (body: object): Reply => ({ contentType: 'application/json', body });
