import assert from 'node:assert/strict';
import { costEstimate } from '../../../src/workspace/pages/cost-estimate.ts';

const MINUTE = 60_000;

describe('the cost estimate of a run', () => {
  it('is the time of its machines, from the fewest to the most', () => {
    const spec = { node_type_id: 'm5.large', autoscale: { min_workers: 1, max_workers: 2 } };
    assert.deepEqual(costEstimate(spec, 3 * MINUTE, undefined), {
      amount: '6 min 00 s to 9 min 00 s of machine time',
      how: 'm5.large, a driver and 1 to 2 workers, for 3 min 00 s; no policy limits it in DBU',
    });
  });

  it('is what the policy allows at most, when that is said in DBU', () => {
    assert.deepEqual(costEstimate({ node_type_id: 'm5.large', num_workers: 1 }, 3 * MINUTE, 8), {
      amount: 'at most 0.4 DBU',
      how: "the policy's limit of 8 DBU an hour, for 3 min 00 s (m5.large, a driver and 1 worker)",
    });
  });

  it('is absent where nobody knows the machines', () => {
    assert.equal(costEstimate({}, MINUTE, 8), undefined);
    assert.equal(costEstimate({ instance_pool_id: 'p', num_workers: 1 }, MINUTE, undefined), undefined);
  });
});
