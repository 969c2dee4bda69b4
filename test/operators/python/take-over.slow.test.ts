import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../../src/core/package-root.ts';
import { airflowPython } from '../../airflow-python.ts';
import { temporaryFolder } from '../../setup.ts';

/** Two attempts of one task, how they ended, and the states of its runs when all is over. */
interface Outcome {
  readonly first: string;
  readonly second: string | null;
  readonly runs: readonly string[];
  /** Most runs that worked at the same time. */
  readonly at_once: number;
}

interface Report extends Readonly<Record<string, unknown>> {
  readonly sync: readonly Outcome[];
  readonly deferred: readonly Outcome[];
}

const CANCELED = 'TERMINATED:CANCELED';
const SUCCESS = 'TERMINATED:SUCCESS';

describe('an attempt after one that lost its worker', function () {
  this.timeout(300_000);
  let report: Report;

  before(async () => {
    const script = join(packageRoot, 'test', 'operators', 'python', 'take_over.py');
    const modules = join(packageRoot, 'operators', 'python', 'hermes_airflow');
    const env = { ...process.env, AIRFLOW_HOME: temporaryFolder(), PYTHONDONTWRITEBYTECODE: '1' };
    report = JSON.parse(
      execFileSync(await airflowPython(3), [script, modules], {
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString(),
    );
  });

  it('starts no second run, at whatever call the worker was lost while it waited itself', () => {
    const lost = report.sync.filter(({ first }) => first === 'lost');
    assert.ok(lost.length > 10);
    for (const one of lost)
      assert.deepEqual(one, { first: 'lost', second: 'success', runs: [SUCCESS], at_once: 1 });
  });

  it('starts none before the run is handed to the triggerer, and afterwards ends the first before the second', () => {
    const lost = report.deferred.filter(({ first }) => first === 'lost');
    const taken = lost.filter(({ runs }) => runs.length === 1);
    assert.ok(taken.length > 10);
    for (const one of taken)
      assert.deepEqual(one, { first: 'lost', second: 'deferred', runs: ['RUNNING'], at_once: 1 });
    for (const one of lost.slice(taken.length))
      assert.deepEqual(one, { first: 'lost', second: 'deferred', runs: [CANCELED, 'RUNNING'], at_once: 1 });
  });

  const cases: readonly [what: string, second: string, runs: readonly string[]][] = [
    ['end of the run was not noticed', 'success', [SUCCESS]],
    ['failed', 'deferred', ['TERMINATED:FAILED', 'RUNNING']],
    ['waited too long', 'deferred', [CANCELED, 'RUNNING']],
    ['cleared', 'deferred', [CANCELED, 'RUNNING']],
    ['cleared as it ended', 'deferred', [SUCCESS, 'RUNNING']],
    ['being cancelled', 'deferred', [CANCELED, 'RUNNING']],
    ['gone', 'deferred', ['RUNNING']],
  ];
  for (const [what, second, runs] of cases) {
    it(`has one run at a time after a run in the triggerer: ${what}`, () => {
      assert.deepEqual(report[what], { first: 'deferred', second, runs, at_once: 1 });
    });
  }

  it('starts a run of its own when somebody clears a task that has succeeded', () => {
    assert.deepEqual(report['cleared after success'], ['success', 'success', [SUCCESS, SUCCESS]]);
  });
});
