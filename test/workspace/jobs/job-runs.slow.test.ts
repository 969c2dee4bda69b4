import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/json.ts';
import { identityOf } from '../../../src/workspace/identity/users.ts';
import { runAgain } from '../../../src/workspace/jobs/run-again.ts';
import { startJob } from '../../../src/workspace/jobs/run-now.ts';
import { insertJob, savedJob } from '../../../src/workspace/jobs/saved-jobs.ts';
import { openDatabase } from '../../../src/workspace/state/database.ts';
import { temporaryFolder } from '../../setup.ts';
import {
  closeWorkspaces,
  openWorkspace,
  plainCluster,
  type RunReply,
  scriptFile,
  type TestWorkspace,
} from '../workspace-harness.ts';

interface Repair {
  readonly type: string;
  readonly id?: number;
  readonly state: { readonly result_state?: string };
  readonly task_run_ids: readonly number[];
}
type JobRun = RunReply & {
  readonly trigger: string;
  readonly run_type: string;
  readonly job_parameters: unknown;
  readonly repair_history: readonly Repair[];
};

const clusters = [{ job_cluster_key: 'shared', new_cluster: plainCluster }];

describe('runs of saved jobs', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await openWorkspace();
  });
  after(closeWorkspaces);

  const post = async (path: string, body: object, version = '2.2'): Promise<Record<string, number>> => {
    const answer = await workspace.call<Record<string, number>>('POST', `/api/${version}/jobs/${path}`, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const task = (task_key: string, text: string, more: object = {}): object => ({
    task_key,
    spark_python_task: { python_file: scriptFile(text) },
    job_cluster_key: 'shared',
    ...more,
  });
  const create = async (name: string, tasks: object[], more: object = {}): Promise<number> =>
    Number((await post('create', { name, job_clusters: clusters, tasks, ...more })).job_id);
  const start = async (job_id: number, more: object = {}): Promise<number> =>
    Number((await post('run-now', { job_id, ...more })).run_id);
  const whole = async (id: number): Promise<JobRun> =>
    (await workspace.call<JobRun>('GET', `/api/2.2/jobs/runs/get?run_id=${id}&include_history=true`)).body;

  it('give their parameters to tasks, run what their conditions say, and are repaired from where they failed', async () => {
    const parameters = ['{{job.parameters.day}}', '{{task.name}}', '{{job.run_id}}', '{{ ds }}'];
    const text = 'import sys\nprint(sys.argv[1:])\nassert sys.argv[1] != "bad"';
    const after = { depends_on: [{ task_key: 'load' }] };
    const load = { python_file: scriptFile(text), parameters };
    const id = await create(
      'nightly',
      [
        { task_key: 'load', spark_python_task: load, job_cluster_key: 'shared' },
        task('report', 'print("reported")', after),
        task('alarm', 'print("alarmed")', { ...after, run_if: 'AT_LEAST_ONE_FAILED' }),
      ],
      { parameters: [{ name: 'day', default: 'bad' }] },
    );
    const run = await start(id);
    await workspace.runUntil(run);
    const failed = await whole(run);
    const results = (of: JobRun) => of.tasks.map((each) => `${each.task_key} ${each.state.result_state}`);
    assert.deepEqual(results(failed), ['load FAILED', 'report UPSTREAM_FAILED', 'alarm SUCCESS']);
    assert.deepEqual([failed.run_type, failed.trigger], ['JOB_RUN', 'ONE_TIME']);
    assert.deepEqual(failed.job_parameters, [{ name: 'day', default: 'bad', value: 'bad' }]);

    const again = { run_id: run, rerun_all_failed_tasks: true, job_parameters: { day: 'good' } };
    const { repair_id } = await post('runs/repair', again);
    await workspace.runUntil(run);
    const repaired = await whole(run);
    assert.equal(repaired.state.result_state, 'SUCCESS');
    assert.deepEqual(
      repaired.repair_history.map(({ type, id: repair, state, task_run_ids }) => [
        type,
        repair,
        state.result_state,
        task_run_ids.length,
      ]),
      [
        ['ORIGINAL', undefined, 'FAILED', 3],
        ['REPAIR', repair_id, 'SUCCESS', 2],
      ],
    );
    const second = repaired.tasks.find((each) => each.task_key === 'load' && each.attempt_number === 1);
    const { logs } = await workspace.output(second?.run_id);
    assert.equal(logs, `['good', 'load', '${run}', '{{ ds }}']\n`);
    const refused = await workspace.call('POST', '/api/2.2/jobs/runs/repair', {
      run_id: run,
      rerun_tasks: ['load'],
    });
    assert.equal(
      refused.body.message,
      'The latest repair ID needs to be provided in order to create a new repair',
    );
  });

  it('wait for each other when as many as may are active, and are all ended at once', async () => {
    const id = await create('one at a time', [task('wait', 'import time; time.sleep(600)')]);
    const [first, second, third] = [
      await start(id),
      await start(id, { idempotency_token: 'x' }),
      await start(id),
    ];
    assert.equal(await start(id, { idempotency_token: 'x' }), second);
    const waiting = await workspace.run(second);
    assert.equal(waiting.state.life_cycle_state, 'QUEUED');
    assert.deepEqual((waiting.status as unknown as { queue_details: object }).queue_details, {
      code: 'MAX_CONCURRENT_RUNS_REACHED',
      message: 'Waiting for another run of the job: as many as may are active.',
    });
    await post('runs/cancel', { run_id: first });
    await workspace.runUntil(first);
    await workspace.runUntil(second, (run) => run.state.life_cycle_state !== 'QUEUED');
    assert.equal((await workspace.run(third)).state.life_cycle_state, 'QUEUED');
    await post('runs/cancel-all', { job_id: id });
    for (const run of [second, third])
      assert.equal((await workspace.runUntil(run)).state.result_state, 'CANCELED');
  });

  it('begin by themselves at the times of their schedule, and go with their job', async () => {
    const schedule = { quartz_cron_expression: '* * * * * ?', timezone_id: 'UTC' };
    const id = await create('often', [task('tick', 'print("tick")')], { schedule });
    const list = async () =>
      (await workspace.call<{ runs?: JobRun[] }>('GET', `/api/2.2/jobs/runs/list?job_id=${id}`)).body.runs ??
      [];
    while ((await list()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const [run] = await list();
    assert.deepEqual([run?.trigger, run?.run_type], ['PERIODIC', 'JOB_RUN']);
    await post('delete', { job_id: id });
    const gone = await workspace.call('GET', `/api/2.2/jobs/get?job_id=${id}`);
    assert.deepEqual([gone.status, gone.body.message], [400, `Job ${id} does not exist.`]);
    while ((await list()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('leave a failed run that says why when their policy forbids what it allowed', async () => {
    const policy = async (path: string, more: object): Promise<string> => {
      const body = { name: 'strict', ...more };
      const answer = await workspace.call('POST', `/api/2.0/policies/clusters/${path}`, body);
      assert.equal(answer.status, 200);
      return String(answer.body.policy_id);
    };
    const policy_id = await policy('create', { definition: '{}' });
    const cluster = { ...plainCluster, policy_id, custom_tags: { stage: 'dev' } };
    const own = { job_cluster_key: undefined, new_cluster: cluster };
    const schedule = { quartz_cron_expression: '0 0 0 1 1 ?', timezone_id: 'UTC', pause_status: 'PAUSED' };
    const id = await create('forbidden', [task('a', 'print(1)', own)], { schedule });
    const definition = JSON.stringify({ 'custom_tags.stage': { type: 'fixed', value: 'prod' } });
    await policy('edit', { policy_id, definition });
    const reason =
      'Cluster validation error: Validation failed for custom_tags, stage must be prod (is "dev")';
    const refused = await workspace.call('POST', '/api/2.2/jobs/run-now', { job_id: id });
    assert.deepEqual([refused.status, refused.body.message], [400, reason]);
    const db = openDatabase(workspace.folder);
    db.run('UPDATE jobs SET due = 1 WHERE job_id = ?', id);
    db.close();
    // Any change of a job has the timer look again.
    await create('another', [task('a', 'print(1)')]);
    const list = `/api/2.2/jobs/runs/list?job_id=${id}`;
    for (;;) {
      const [run] = (await workspace.call<{ runs?: JobRun[] }>('GET', list)).body.runs ?? [];
      if (run === undefined) continue;
      assert.deepEqual(
        [run.state.life_cycle_state, run.state.state_message, run.status.termination_details?.code],
        ['INTERNAL_ERROR', `Task a failed with message: ${reason}.`, 'INVALID_CLUSTER_REQUEST'],
      );
      return;
    }
  });

  it('are repeated as they were started', async () => {
    const id = await create('again', [task('say', 'import sys; print(sys.argv[1])')]);
    const first = await start(id, { python_params: ['hello'] });
    await workspace.runUntil(first);
    const submitted = await workspace.submit('print("as submitted")', { top: { idempotency_token: 'once' } });
    await workspace.runUntil(submitted);
    const db = openDatabase(workspace.folder);
    const options = { db, now: new Date(), firstRunId: 1n, limitsRequire: true };
    const who = identityOf(db, workspace.userName);
    const run = runAgain(BigInt(first), who, options).runId;
    const second = runAgain(BigInt(submitted), who, options).runId;
    db.close();
    const stored = await Promise.all([run, second].map((each) => workspace.run(each)));
    assert.deepEqual(
      stored.map((each) => [each.job_id === id, each.state.life_cycle_state]),
      [
        [true, 'QUEUED'],
        [false, 'QUEUED'],
      ],
    );
  });

  it('that waited when the workspace was killed begin when it is back', async () => {
    const folder = temporaryFolder();
    const db = openDatabase(folder);
    const settings = {
      name: 'kept',
      max_concurrent_runs: 1,
      queue: { enabled: true },
      job_clusters: clusters,
      tasks: [task('a', 'print(1)')],
    } as unknown as JsonObject;
    const options = { db, now: new Date(), firstRunId: 1n, limitsRequire: true };
    const grants = [] as const;
    const who = { creator: 'you@localhost', runAs: 'you@localhost', settings };
    db.run("INSERT INTO users (name, created) VALUES ('you@localhost', 0)");
    db.run("INSERT INTO memberships VALUES ('you@localhost', 'admins')");
    const jobId = insertJob(db, who, grants, options.now);
    const begin = { creator: 'you@localhost', trigger: 'ONE_TIME', overrides: {} } as const;
    const ids = [1, 2].map(() => startJob(savedJob(db, jobId), begin, options).runId);
    db.close();
    const own = await openWorkspace({ folder });
    for (const id of ids) assert.equal((await own.runUntil(id)).state.result_state, 'SUCCESS');
  });
});
