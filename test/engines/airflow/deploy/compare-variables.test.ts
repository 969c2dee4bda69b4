import assert from 'node:assert/strict';
import { compareVariables } from '../../../../src/engines/airflow/deploy/compare-variables.ts';

describe('variables of a file against those of an Airflow', () => {
  it('are compared as JSON, those that are texts as they are; what only Airflow has is left alone', () => {
    const wanted = {
      same: { a: 1, b: [true, null] },
      text: '{"a": 1}',
      other_text: 'x',
      number: 12345678901234567890n,
      changed: { a: 2 },
      fresh: 1,
    };
    const standing = new Map([
      ['same', '{ "b": [true, null], "a": 1 }'],
      ['text', '{"a": 1}'],
      ['other_text', 'X'],
      ['number', '12345678901234567890'],
      ['changed', '{"a": 1}'],
      ['theirs', 'stays'],
    ]);
    assert.deepEqual(compareVariables(wanted, standing), {
      added: ['fresh'],
      changed: ['changed', 'other_text'],
      hidden: [],
      unchanged: ['number', 'same', 'text'],
    });
  });

  it('are set in any case where Airflow hides a value', () => {
    const standing = new Map([
      ['api_key', '***'],
      ['settings', '{"password": "***", "user": "ana"}'],
    ]);
    const { hidden } = compareVariables({ api_key: 'k', settings: { password: 'p', user: 'ana' } }, standing);
    assert.deepEqual(hidden, ['api_key', 'settings']);
  });
});
