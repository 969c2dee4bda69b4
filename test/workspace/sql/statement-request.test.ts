import assert from 'node:assert/strict';
import type { Json } from '../../../src/core/json.ts';
import { parseStatement } from '../../../src/workspace/sql/statement-request.ts';

const least = { statement: 'SELECT 1', warehouse_id: 'embedded' };

describe('a SQL statement', () => {
  it('is read as leniently as Databricks does, with its defaults', () => {
    assert.deepEqual(parseStatement(least), {
      sql: 'SELECT 1',
      parameters: [],
      waitMs: 10_000,
      isCancelledAfterWait: false,
      format: 'JSON_ARRAY',
    });
    const full = parseStatement({
      ...least,
      row_limit: '5',
      wait_timeout: '0s',
      on_wait_timeout: 'CANCEL',
      parameters: [{ name: 'day', value: '2026-01-01', type: 'DATE' }, { name: 'none' }],
      a_field_of_tomorrow: {},
    });
    assert.deepEqual([full.rowLimit, full.waitMs, full.isCancelledAfterWait], [5, 0, true]);
    assert.deepEqual(full.parameters, [{ name: 'day', value: '2026-01-01', type: 'DATE' }, { name: 'none' }]);
  });

  const refusals: [string, { [name: string]: Json }, string][] = [
    ['no text', { statement: '' }, 'Missing required field: statement'],
    ['no warehouse', { warehouse_id: '' }, 'Missing required field: warehouse_id'],
    [
      'a warehouse that is none',
      { warehouse_id: 'nope' },
      'SQL warehouse nope does not exist; there is one here: embedded.',
    ],
    [
      'a wait out of range',
      { wait_timeout: '3s' },
      'wait_timeout must be "0s" or between "5s" and "50s" (is "3s").',
    ],
    [
      'links to a storage',
      { disposition: 'EXTERNAL_LINKS' },
      'disposition EXTERNAL_LINKS is not supported by this workspace: it has no storage to link to. Supported: INLINE.',
    ],
    [
      'another format',
      { format: 'CSV' },
      'format CSV is not supported by this workspace. Supported: JSON_ARRAY, ARROW_STREAM.',
    ],
    [
      'a parameter without a name',
      { parameters: [{ value: '1' }] },
      'parameters[0] has no name: this workspace takes named parameters (:name) only.',
    ],
    [
      'a type that is none',
      { parameters: [{ name: 'a', type: 'INT) --' }] },
      'parameters[0].type "INT) --" is not a type of SQL.',
    ],
  ];
  for (const [name, change, message] of refusals)
    it(`is refused with ${name}`, () => {
      assert.throws(() => parseStatement({ ...least, ...change }), { message });
    });
});
