import type { Reply, ReplyContext, ServedRequest, Upload } from '../served-request.ts';

/** A request about the account's files or batches: no model works for it. What it does, it does when it is answered. */
export const accountRequest = (
  path: string,
  { bytesDigest }: Upload,
  body: Readonly<Record<string, unknown>>,
  reply: (context: ReplyContext) => Reply,
): ServedRequest => ({
  path,
  model: '',
  body,
  text: '',
  digest: bytesDigest,
  promptTokens: 0,
  reservedTokens: 0,
  billed: false,
  reply: (_answer, context) => reply(context),
});
