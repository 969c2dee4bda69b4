import assert from 'node:assert/strict';
import { type RunIf, settleRunIf } from '../../../src/workspace/jobs/run-if.ts';
import {
  cancelled,
  type Ending,
  endingOfRun,
  excluded,
  succeeded,
  upstreamEnded,
  userFailure,
} from '../../../src/workspace/jobs/run-state.ts';

const endings: Readonly<Record<string, Ending>> = {
  ok: succeeded,
  bad: userFailure('KeyError: 1', 'trace'),
  gone: cancelled(),
  out: excluded(),
};

/** What becomes of a task by the endings before it: `run`, or the result that it gets. */
function become(runIf: RunIf, ...before: string[]): string {
  const what = settleRunIf(
    runIf,
    before.map((name) => endings[name] as Ending),
  );
  return what === 'run' ? what : what.result;
}

describe('the condition of a task', () => {
  const table: [RunIf, ...(readonly [before: string, then: string])[]][] = [
    ['ALL_SUCCESS', ['ok ok', 'run'], ['ok bad', 'UPSTREAM_FAILED'], ['gone ok', 'UPSTREAM_CANCELED']],
    ['AT_LEAST_ONE_SUCCESS', ['ok bad', 'run'], ['bad gone', 'UPSTREAM_FAILED']],
    ['NONE_FAILED', ['ok out', 'run'], ['ok bad', 'UPSTREAM_FAILED']],
    ['ALL_DONE', ['bad gone', 'run'], ['ok', 'run']],
    ['AT_LEAST_ONE_FAILED', ['ok bad', 'run'], ['ok ok', 'EXCLUDED']],
    ['ALL_FAILED', ['bad gone', 'run'], ['ok bad', 'EXCLUDED']],
  ];
  for (const [runIf, ...cases] of table) {
    it(`${runIf} looks at how the tasks before it ended`, () => {
      for (const [before, then] of cases) assert.equal(become(runIf, ...before.split(' ')), then, before);
      assert.equal(become(runIf), 'run', 'without tasks before it');
      assert.equal(become(runIf, 'out', 'out'), 'EXCLUDED', 'after nothing but excluded ones');
    });
  }

  it('makes a run a success with failures when only its last tasks succeeded', () => {
    const bad = { taskKey: 'a', ending: endings.bad as Ending, isFollowed: true };
    const tidied = endingOfRun([bad, { taskKey: 'tidy', ending: succeeded }], undefined);
    assert.deepEqual([tidied.life, tidied.result], ['TERMINATED', 'SUCCESS_WITH_FAILURES']);
    const skipped = { taskKey: 'b', ending: upstreamEnded(bad.ending) };
    assert.equal(endingOfRun([bad, skipped], undefined).result, 'FAILED');
    assert.equal(endingOfRun([{ taskKey: 'a', ending: excluded() }], undefined).result, 'SUCCESS');
  });
});
