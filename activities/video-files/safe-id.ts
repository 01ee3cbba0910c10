const MAX_BYTES = 200;

/** Whether a row id, which strangers choose, may become part of a path or an object key. */
export const isSafeId = (id: string): boolean =>
  id !== '' &&
  id.isWellFormed() &&
  !id.startsWith('.') &&
  !id.includes('..') &&
  !/[/\\\p{Cc}]/u.test(id) &&
  Buffer.byteLength(id) <= MAX_BYTES;
