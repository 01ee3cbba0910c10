import { describe, expect, it } from 'vitest';
import type { ApiReply } from '../../../activities/collect/collect-api.ts';
import { readReply } from '../../../activities/tiktok/read-reply.ts';

const AT = Date.UTC(2026, 10, 25, 12, 0, 0);

const reply = (status: number, body: unknown, contentType: string | null = 'application/json'): ApiReply => ({
  status,
  contentType,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  askedAtMs: AT - 500,
  answeredAtMs: AT,
  token: 1,
});
const error = (status: number, code: string, message = '') =>
  reply(status, { data: {}, error: { code, message, log_id: '202611251200' } });

it('reads ids that no number holds', () => {
  const body = '{"data":{"videos":[{"id":7320768196569599275}]},"error":{"code":"ok","message":"","log_id":"L1"}}';
  expect(readReply(reply(200, body))).toEqual({
    kind: 'ok',
    code: 'ok',
    message: '',
    logId: 'L1',
    data: { videos: [{ id: 7320768196569599275n }] },
  });
});

it('waits for midnight by the clock of the server, which differs from ours', () => {
  const serverTimeMs = Date.UTC(2026, 10, 25, 23, 59, 50);
  const quota = { ...error(429, 'daily_quota_limit_exceeded'), serverTimeMs };
  expect(readReply(quota)).toMatchObject({ kind: 'quota', untilMs: AT + 10_000 + 30_000 });
});

describe('tells what an error means', () => {
  it.each([
    ['a refused token', error(401, 'access_token_invalid'), { kind: 'token', code: 'access_token_invalid' }],
    ['a token refused without JSON', reply(401, '', null), { kind: 'token', code: 'no_json' }],
    ['a scope that is missing', error(401, 'scope_not_authorized'), { kind: 'fatal', code: 'scope_not_authorized' }],
    ['a scope that is missing', error(400, 'scope_permission_missed'), { kind: 'fatal' }],
    ['a query that is wrong', error(400, 'invalid_params', 'Field x'), { kind: 'refused', code: 'invalid_params' }],
    [
      'a search_id just issued',
      error(400, 'invalid_params', 'Search Id 7378809778820092971 is invalid or expired'),
      { kind: 'retry', code: 'search_id_invalid' },
    ],
    ['a cursor', error(400, 'invalid_params', 'Invalid count or cursor'), { kind: 'retry', code: 'cursor_invalid' }],
    [
      'an account that is not there',
      error(400, 'invalid_params', 'The username x is invalid: cannot find the user'),
      { kind: 'refused', code: 'user_not_found' },
    ],
    [
      'a video that is not there',
      error(400, 'invalid_params', 'Video 7 is invalid: cannot find the video'),
      { kind: 'refused', code: 'video_not_found' },
    ],
    [
      'an account that is not told of',
      error(400, 'invalid_params', "API cannot return this user's information"),
      { kind: 'refused', code: 'user_not_available' },
    ],
    ['too many at once', error(429, 'rate_limit_exceeded'), { kind: 'retry', code: 'rate_limit_exceeded' }],
    [
      'the quota of the day',
      error(429, 'daily_quota_limit_exceeded'),
      { kind: 'quota', code: 'daily_quota_limit_exceeded', untilMs: Date.UTC(2026, 10, 26, 0, 0, 30) },
    ],
    ['an error of the server', error(500, 'internal_error'), { kind: 'retry', code: 'internal_error', tries: 4 }],
    ['the wrapper’s timeout', error(500, 'timeout'), { kind: 'retry', code: 'timeout' }],
    ['a gateway that gave up', reply(504, '<html>…', 'text/html'), { kind: 'retry', code: 'html', afterMs: 30_000 }],
    ['HTML that says it is JSON', reply(502, '<!DOCTYPE html><p>'), { kind: 'retry', code: 'html' }],
    ['half a body', reply(200, '{"data":{"videos":[{"id":1'), { kind: 'retry', code: 'no_json' }],
    ['a list', reply(200, '[]'), { kind: 'retry', code: 'no_json' }],
    ['no data', reply(200, { error: { code: 'ok' } }), { kind: 'retry', code: 'no_data' }],
    ['an error that came with 200', error(200, 'internal_error'), { kind: 'retry', code: 'internal_error' }],
    ['an unknown error that came with 200', error(200, 'strange'), { kind: 'refused', code: 'strange' }],
    ['another server', reply(404, '<html>', 'text/html'), { kind: 'fatal', code: 'html' }],
    ['a flat error', reply(401, { error: 'access_token_invalid' }), { kind: 'token', code: 'access_token_invalid' }],
    ['an error without a code', reply(503, { message: 'x' }), { kind: 'retry', code: 'http_503' }],
    ['JSON nested without end', reply(200, '['.repeat(200_000)), { kind: 'retry', code: 'no_json' }],
  ])('%s', (_what, given, expected) => {
    expect(readReply(given)).toMatchObject(expected);
  });
});

it('keeps the log id of an error, and its message well-formed and short', () => {
  const read = readReply(error(500, 'internal_error', `\ud800${'x'.repeat(1000)}`));
  expect(read.logId).toBe('202611251200');
  expect(read.message).toBe(`\ufffd${'x'.repeat(499)}`);
  expect(readReply(error(500, 'internal_error', `${'x'.repeat(499)}😀`)).message.isWellFormed()).toBe(true);
});
