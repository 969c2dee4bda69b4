import { strict as assert } from 'node:assert';
import { ConnectionError, RemoteError } from '../../../src/core/errors.ts';
import type { JobsApi } from '../../../src/databricks/api.ts';
import { localPace, remotePace } from '../../../src/databricks/runs/polling-pace.ts';
import type { Run } from '../../../src/databricks/runs/run.ts';
import { watchRun } from '../../../src/databricks/runs/watch-run.ts';
import { memoryDatabricks } from '../../fakes/memory-databricks.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

const request = { tasks: [{ spark_python_task: { python_file: 'good.py' } }] };

describe('watching a run', () => {
  it('tells each change once', async () => {
    const { jobs } = memoryDatabricks();
    const seen: string[] = [];
    const runId = await jobs.submitRun(request);
    const onChange = (run: Run) => seen.push(run.state.result ?? run.state.lifeCycle);
    await watchRun(jobs, runId, { clock: swiftClock(), pace: localPace, onChange });
    assert.deepEqual(seen, ['PENDING', 'RUNNING', 'SUCCESS']);
  });

  it('goes on when a poll fails, and says so once', async () => {
    const fake = memoryDatabricks();
    const runId = await fake.jobs.submitRun(request);
    let polls = 0;
    fake.onCall = () => {
      if (++polls <= 3)
        throw new RemoteError('Cannot read run 1001: busy', { code: 'HERMES_DATABRICKS_REFUSED' });
    };
    const troubles: string[] = [];
    const onTrouble = (message: string) => troubles.push(message);
    const run = await watchRun(fake.jobs, runId, { clock: swiftClock(), pace: localPace, onTrouble });
    assert.equal(run.state.result, 'SUCCESS');
    assert.deepEqual(troubles, ['Cannot read run 1001: busy']);
  });

  it('ends when credentials are refused: no later poll will be better', async () => {
    const fake = memoryDatabricks();
    const runId = await fake.jobs.submitRun(request);
    fake.onCall = () => {
      throw new ConnectionError('Cannot read run', { code: 'HERMES_DATABRICKS_UNAUTHENTICATED' });
    };
    await assert.rejects(
      watchRun(fake.jobs, runId, { clock: swiftClock(), pace: localPace }),
      ConnectionError,
    );
  });

  it('ends when the workspace keeps calling the question wrong, but not for a few such answers', async () => {
    const fake = memoryDatabricks();
    const runId = await fake.jobs.submitRun(request);
    const wrong = new RemoteError('Cannot read run 1001: no such field', {
      code: 'HERMES_DATABRICKS_REFUSED',
      facts: { status: 400 },
    });
    let polls = 0;
    fake.onCall = () => {
      if (++polls % 5 !== 0) throw wrong;
    };
    const seen = await watchRun(fake.jobs, runId, { clock: swiftClock(), pace: localPace });
    assert.equal(seen.state.result, 'SUCCESS');
    polls = 0;
    fake.onCall = () => {
      polls++;
      throw wrong;
    };
    await assert.rejects(watchRun(fake.jobs, runId, { clock: swiftClock(), pace: localPace }), wrong);
    assert.equal(polls, 5);
  });

  it('takes a state that it does not know for still going', async () => {
    const { jobs } = memoryDatabricks();
    const runId = await jobs.submitRun(request);
    let polls = 0;
    const strange: JobsApi = {
      ...jobs,
      getRun: async (id) => {
        const run = await jobs.getRun(id);
        return ++polls === 1 ? { ...run, state: { lifeCycle: 'HIBERNATING', message: '' } } : run;
      },
    };
    const troubles: string[] = [];
    const onTrouble = (message: string) => troubles.push(message);
    const run = await watchRun(strange, runId, { clock: swiftClock(), pace: localPace, onTrouble });
    assert.equal(run.state.result, 'SUCCESS');
    assert.deepEqual(troubles, [
      'run 1001 is in state HIBERNATING, which Hermes does not know; it counts as still going',
    ]);
  });

  it('asks often at first and seldom later, so that short scripts end at once and long ones cost few calls', async () => {
    for (const [pace, least, most] of [
      [localPace, 3600, 3720],
      [remotePace(), 235, 330],
    ] as const) {
      const clock = swiftClock();
      let polls = 0;
      const { jobs } = memoryDatabricks();
      const runId = await jobs.submitRun(request);
      const long: JobsApi = {
        ...jobs,
        getRun: async (id) => {
          polls++;
          const running = clock.now().getTime() < Date.UTC(2026, 0, 1, 1);
          const run = await jobs.getRun(id);
          return running
            ? { ...run, state: { lifeCycle: 'RUNNING', message: '' } }
            : { ...run, state: { lifeCycle: 'TERMINATED', result: 'SUCCESS', message: '' } };
        },
      };
      await watchRun(long, runId, { clock, pace });
      assert.ok(polls >= least && polls <= most, `${polls} polls in an hour`);
    }
  });
});
