import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/json.ts';
import { evaluate, RANGE } from './evaluate.ts';

describe('the size of a cluster under a policy', () => {
  const workers = (type: string, more: JsonObject = {}): JsonObject => ({ num_workers: { type, ...more } });
  const ends = (min?: JsonObject, max?: JsonObject): JsonObject => ({
    ...(min === undefined ? {} : { 'autoscale.min_workers': min }),
    ...(max === undefined ? {} : { 'autoscale.max_workers': max }),
  });
  const sizes: readonly [string, JsonObject, JsonObject][] = [
    ['is 1 to 2 where the policy says nothing', {}, RANGE],
    ['is what the policy fixes', workers('fixed', { value: 3 }), {}],
    ['is 1 where there may be no range', ends({ type: 'forbidden' }), { num_workers: 1 }],
    [
      'is 1 where a range cannot stand beside a default',
      workers('unlimited', { defaultValue: 8 }),
      { num_workers: 1 },
    ],
    ['is a range where a number is forbidden', workers('forbidden'), RANGE],
    [
      'grows to the start of a range',
      ends({ type: 'range', minValue: 3 }),
      { autoscale: { min_workers: 3, max_workers: 4 } },
    ],
    [
      'shrinks to equal ends where nothing else is left',
      ends(undefined, { type: 'range', maxValue: 1 }),
      { autoscale: { min_workers: 1, max_workers: 1 } },
    ],
    [
      'is the nearest of a list',
      ends(undefined, { type: 'allowlist', values: [8, 4] }),
      { autoscale: { min_workers: 1, max_workers: 4 } },
    ],
    ['sends the end that is left open', ends({ type: 'fixed', value: 2 }), { autoscale: { max_workers: 3 } }],
    [
      'is none at all where the policy wants one machine',
      workers('range', { maxValue: 0 }),
      { num_workers: 0 },
    ],
  ];
  for (const [behaviour, policy, expected] of sizes)
    it(behaviour, () => {
      for (const asked of [{}, RANGE, { autoscale: { min_workers: '1', max_workers: '2' } }]) {
        const { request, violations } = evaluate(policy, asked);
        const { policy_id: _id, apply_policy_default_values: _flag, ...size } = request;
        assert.deepEqual(violations, []);
        assert.deepEqual(JSON.parse(JSON.stringify(size).replaceAll(/"(\d)"/g, '$1')), expected);
      }
    });

  it('stays as someone asked for it', () => {
    const { violations } = evaluate(workers('range', { maxValue: 4 }), { num_workers: 8 });
    assert.equal(violations[0]?.fix, 'Take 4.');
    const asked = evaluate(workers('fixed', { value: 1 }), RANGE, { size: 'as asked' });
    assert.deepEqual(asked.violations, [
      {
        path: 'autoscale.min_workers',
        value: 1,
        rule: 'excludes num_workers',
        fix: 'Leave autoscale out: the policy gives num_workers.',
      },
    ]);
  });
});
