import { z } from 'zod';
import { rawMember } from './raw-member.ts';

/** What became of one line. */
export type BatchResult = AnsweredLine | RefusedLine | UnansweredLine;

interface LineResponse {
  readonly customId: string;
  readonly status: number;
  readonly requestId: string | null;
  /** The response's body, byte for byte as it stands in the results file. */
  readonly bytes: Buffer;
}

/** A success status: what an online request would have been answered, and charged at half the price. */
export interface AnsweredLine extends LineResponse {
  readonly kind: 'answered';
}

/** Any other status: see `lineFailure`. */
export interface RefusedLine extends LineResponse {
  readonly kind: 'refused';
}

/** No request was made for it, or none that ended: `batch_expired`, `batch_cancelled`, `request_timeout`. Not charged; may be asked again. */
export interface UnansweredLine {
  readonly kind: 'unanswered';
  readonly customId: string;
  readonly code: string;
  readonly message: string;
}

const wire = z.object({
  custom_id: z.string().min(1),
  response: z.object({ status_code: z.int(), request_id: z.string().nullish(), body: z.unknown() }).nullish(),
  error: z.object({ code: z.unknown(), message: z.unknown() }).nullish(),
});

/** Null when it is no line of a results file. */
export function readResultLine(line: Buffer): BatchResult | null {
  let sent: unknown;
  try {
    sent = JSON.parse(line.toString('utf8'));
  } catch {
    return null;
  }
  const { success, data } = wire.safeParse(sent);
  if (!success) return null;
  const { custom_id: customId, response, error } = data;
  if (!response) {
    const code = typeof error?.code === 'string' ? error.code : 'no_response';
    const message =
      typeof error?.message === 'string' ? error.message : 'The line has neither a response nor a reason.';
    return { kind: 'unanswered', customId, code, message };
  }
  const { status_code: status, request_id: requestId = null } = response;
  const raw = rawMember(line, 'response');
  // A copy: a view would keep the piece of the file that it was cut from.
  const bytes = Buffer.from((raw && rawMember(raw, 'body')) ?? Buffer.from('null'));
  const kind = status >= 200 && status < 300 ? 'answered' : 'refused';
  return { kind, customId, status, requestId, bytes };
}
