import { expect, it } from 'vitest';
import { canonicalRow, jsonOf } from '../../datasets/canonical-row.ts';
import { float32, float64, int64, list, struct, text } from '../../datasets/column-type.ts';
import { canonicalJson } from '../../manifests/canonical-json.ts';

it('writes a row as JSON: int64 as text, floats as they are stored, null kept', () => {
  const columns = {
    likes: int64(),
    ratio: float32(),
    seconds: float64(),
    tags: list(text()),
    segments: list(struct({ start: float32(), frames: list(int64()) })),
  };
  const values = {
    likes: 9007199254740993n,
    ratio: 0.1,
    seconds: -0,
    tags: ['😀', null],
    segments: [{ start: 0.1, frames: [1n, null] }, null],
  };
  expect(canonicalJson(canonicalRow(columns, { id: '7', values, status: 'ok', errorCode: null }))).toBe(
    '{"error_code":null,"id":"7","likes":"9007199254740993","ratio":0.10000000149011612,"seconds":0,' +
      '"segments":[{"frames":["1",null],"start":0.10000000149011612},null],"status":"ok","tags":["😀",null]}',
  );
});

it('writes a value that was read without knowing its type', () => {
  expect(jsonOf({ a: [1n, 0.5, null, 'x', true] })).toEqual({ a: ['1', 0.5, null, 'x', true] });
});
