import assert from 'node:assert/strict';
import { type CiOutcome, isCiDue } from '../../../src/github/hook/ci-run.ts';

const run = (outcome: CiOutcome) => ({
  number: 1,
  ref: 'refs/heads/master',
  commit: 'a'.repeat(40),
  outcome,
  log: '/ci/weather/1/log.txt',
  steps: [],
});

describe('CI of a repository that stands already', () => {
  it('is due where it never ran or was interrupted, and not where it has said something or goes on', () => {
    assert.equal(isCiDue(undefined), true);
    assert.equal(isCiDue(run('interrupted')), true);
    for (const outcome of ['running', 'passed', 'failed', 'skipped'] as const)
      assert.equal(isCiDue(run(outcome)), false, outcome);
  });
});
