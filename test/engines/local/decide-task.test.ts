import { strict as assert } from 'node:assert';
import { type TriggerRule, triggerRules } from '../../../src/dag/trigger-rule.ts';
import { type Decision, decideTask } from '../../../src/engines/local/decide-task.ts';
import type { TaskState } from '../../../src/engines/local/record/run-record.ts';

const LETTERS: Readonly<Record<string, TaskState>> = {
  S: 'success',
  F: 'failed',
  U: 'upstream_failed',
  K: 'skipped',
  R: 'running',
  N: 'none',
  Y: 'up_for_retry',
};

// Airflow's TriggerRuleDep: states of the tasks before it, then the decision.
// S success, F failed, U upstream_failed, K skipped, R running, N none, Y up_for_retry.
const TABLE: Readonly<Record<TriggerRule, Readonly<Record<string, Decision>>>> = {
  all_success: {
    SS: 'run',
    SR: 'wait',
    FR: 'upstream_failed',
    UR: 'upstream_failed',
    KR: 'skipped',
    FK: 'upstream_failed',
    SY: 'wait',
  },
  all_failed: { FF: 'run', FU: 'run', FR: 'wait', SR: 'skipped', FK: 'skipped' },
  all_done: { SF: 'run', SK: 'run', UU: 'run', SR: 'wait', FY: 'wait' },
  all_skipped: { KK: 'run', KR: 'wait', KS: 'skipped', FR: 'skipped', UK: 'skipped' },
  one_success: {
    SR: 'run',
    SF: 'run',
    FR: 'wait',
    FF: 'upstream_failed',
    KF: 'upstream_failed',
    KK: 'skipped',
  },
  one_failed: { FR: 'run', UN: 'run', SR: 'wait', SS: 'skipped', SK: 'skipped' },
  one_done: { SR: 'run', FR: 'run', KR: 'wait', KK: 'skipped', NN: 'wait' },
  none_failed: { SS: 'run', SK: 'run', KK: 'run', SR: 'wait', FR: 'upstream_failed' },
  none_failed_min_one_success: { SS: 'run', SK: 'run', KK: 'skipped', KR: 'wait', UR: 'upstream_failed' },
  none_skipped: { SF: 'run', FU: 'run', SR: 'wait', KR: 'skipped' },
  always: { NN: 'run', FK: 'run', RR: 'run' },
};

describe('whether a task may start', () => {
  for (const rule of triggerRules) {
    it(`follows Airflow for ${rule}`, () => {
      for (const [letters, decision] of Object.entries(TABLE[rule])) {
        const states = [...letters].map((letter) => LETTERS[letter] ?? 'none');
        assert.equal(decideTask(rule, states), decision, `${rule} after ${states.join(', ')}`);
      }
    });
  }

  it('lets a task with nothing before it run, whatever its rule', () => {
    for (const rule of triggerRules) assert.equal(decideTask(rule, []), 'run');
  });
});
