import assert from 'node:assert/strict';
import { parseJson, stringifyJson } from '../../src/core/json.ts';

describe('json', () => {
  it('keeps integers beyond 2^53 exact on the way in and out', () => {
    const text = '{"run_id":9007199254740993,"small":7,"ratio":1.5,"big":1e300}';
    const value = parseJson(text) as Record<string, unknown>;
    assert.equal(value.run_id, 9007199254740993n);
    assert.equal(value.small, 7);
    assert.equal(stringifyJson(value), '{"run_id":9007199254740993,"small":7,"ratio":1.5,"big":1e+300}');
  });

  it('leaves digits inside strings alone', () => {
    assert.deepEqual(parseJson('{"token":"9007199254740993"}'), { token: '9007199254740993' });
  });

  it('refuses what JSON refuses', () => {
    assert.throws(() => parseJson('{"a":}'), SyntaxError);
  });
});
