import assert from 'node:assert/strict';
import { type UpdateTally, updateTotals } from '../../../src/cli/repositories/update-totals.ts';

const tally = (repository: string, outcome: UpdateTally['outcome'], hasConflicts = false) => ({
  repository,
  outcome,
  hasConflicts,
});

describe('the totals of an update of many repositories', () => {
  it('count what was done, and name what a person has to look at', () => {
    const tallies = [
      tally('a', 'opened'),
      tally('b', 'opened', true),
      tally('c', 'current', true),
      tally('d', 'left', true),
      tally('e', 'failed'),
    ];
    assert.equal(
      updateTotals(tallies),
      '2 newly offered, 1 offered already · 2 with conflicts to solve: b, c · 1 left alone: d · 1 failed: e',
    );
    assert.equal(updateTotals([]), '');
  });

  it('stay on one line for hundreds', () => {
    const many = Array.from({ length: 300 }, (_, index) => tally(`r${index}`, 'left'));
    assert.equal(updateTotals(many), '300 left alone: r0, r1, r2, r3, r4, r5, r6, r7, and 292 more');
  });
});
