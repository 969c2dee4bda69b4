import assert from 'node:assert/strict';
import { join } from 'node:path';
import { processIdentity } from '../../../src/core/process-group.ts';
import { temporaryFolder } from '../../setup.ts';
import {
  closeWorkspaces,
  openWorkspace,
  plainCluster,
  scriptFile,
  submitBody,
  type TestWorkspace,
} from '../workspace-harness.ts';

describe('the jobs API of the workspace', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await openWorkspace();
  });
  after(closeWorkspaces);

  it('runs a script with its parameters and answers its output', async () => {
    const script =
      'import sys, os; print("out", *sys.argv[1:], os.environ["DATABRICKS_RUNTIME_VERSION"]); print("err", file=sys.stderr)';
    const task = {
      spark_python_task: { python_file: scriptFile(script), parameters: ['--day', '2026-11-21 "x"'] },
    };
    const run = await workspace.runUntil(await workspace.submit('', { task }));
    assert.deepEqual(run.state, {
      life_cycle_state: 'TERMINATED',
      result_state: 'SUCCESS',
      state_message: '',
      user_cancelled_or_timedout: false,
    });
    assert.deepEqual(run.status, {
      state: 'TERMINATED',
      termination_details: { code: 'SUCCESS', type: 'SUCCESS', message: '' },
    });
    assert.equal(run.run_page_url, `${workspace.url}/jobs/${run.job_id}/runs/${run.run_id}`);
    const output = await workspace.output(run.tasks[0]?.run_id);
    assert.equal(output.logs, 'out --day 2026-11-21 "x" 15.4\nerr\n');
    assert.equal(output.logs_truncated, false);
  });

  it('gives a script that raised the two shapes of task and run, and the traceback from the user on', async () => {
    const run = await workspace.runUntil(await workspace.submit('def f():\n  return {}["tempMax"]\nf()\n'));
    const message = 'Workload failed, see run output for details';
    assert.equal(run.state.life_cycle_state, 'INTERNAL_ERROR');
    assert.equal(run.state.result_state, 'FAILED');
    assert.equal(run.state.state_message, `Task main failed with message: ${message}.`);
    assert.equal(run.status.termination_details?.code, 'RUN_EXECUTION_ERROR');
    assert.equal(run.status.termination_details?.type, 'CLIENT_ERROR');
    const [task] = run.tasks;
    assert.equal(task?.state.life_cycle_state, 'TERMINATED');
    assert.equal(task?.state.state_message, message);
    const output = await workspace.output(task?.run_id);
    assert.equal(output.error, "KeyError: 'tempMax'");
    const frames = String(output.error_trace).match(/File "[^"]*"/g) ?? [];
    assert.deepEqual(new Set(frames).size, 1, String(output.error_trace));
    assert.match(String(frames[0]), /"script-\d+\.py"/);
  });

  const endings: [string, string, string | undefined][] = [
    ['takes sys.exit(0) for success', 'import sys; sys.exit(0)', undefined],
    ['takes sys.exit(3) for a failure', 'import sys; sys.exit(3)', 'SystemExit: 3'],
    ['shows what sys.exit says', 'import sys; sys.exit("no rows")', 'SystemExit: no rows'],
    [
      'sees a process that leaves without a word',
      'import os; os._exit(5)',
      'The Python process exited with exit code 5.',
    ],
    [
      'sees a process that was killed',
      'import os; os.kill(os.getpid(), 9)',
      "The Python process exited with exit code 137 (SIGKILL). This may have been caused by an OOM error. Check your command's memory usage.",
    ],
    ['reports a syntax error', 'def :', 'SyntaxError: invalid syntax'],
    [
      'is not told the outcome by a forked child',
      'import os, time\nif os.fork() == 0: raise SystemExit(0)\nos.wait(); raise ValueError("parent")',
      'ValueError: parent',
    ],
  ];
  for (const [behaviour, script, error] of endings) {
    it(behaviour, async () => {
      const run = await workspace.runUntil(await workspace.submit(script));
      assert.equal(run.state.result_state, error === undefined ? 'SUCCESS' : 'FAILED');
      const output = await workspace.output(run.tasks[0]?.run_id);
      assert.equal(output.error?.toString().split('\n').at(-1), error);
    });
  }

  it('keeps the variables of the server from the script', async () => {
    const own = await openWorkspace({
      machine: { ...process.env, AWS_SECRET_ACCESS_KEY: 'x', HERMES_TOKEN: 'y' },
    });
    const cluster = { spark_env_vars: { HERMES_ENVIRONMENT: 'dev' } };
    const run = await own.runUntil(await own.submit('import os; print(sorted(os.environ))', { cluster }));
    const logs = String((await own.output(run.tasks[0]?.run_id)).logs);
    assert.deepEqual(
      [...logs.matchAll(/'([A-Z_\d]+)'/g)].map((match) => match[1]).filter((name) => name !== 'LC_CTYPE'),
      'DATABRICKS_RUNTIME_VERSION DB_CLUSTER_ID DB_CLUSTER_NAME DB_IS_DRIVER DB_IS_JOB_CLUSTER HERMES_ENVIRONMENT HOME LANG PATH PYTHONNOUSERSITE PYTHONUTF8 TMPDIR'.split(
        ' ',
      ),
    );
  });

  it('runs tasks after the tasks they depend on, and skips those behind a failure', async () => {
    const task = (key: string, script: string, ...after: string[]) => ({
      task_key: key,
      depends_on: after.map((other) => ({ task_key: other })),
      spark_python_task: { python_file: scriptFile(script) },
      new_cluster: plainCluster,
    });
    const tasks = [
      task('c', 'print(1)', 'b'),
      task('a', 'print(1)'),
      task('b', 'raise ValueError("b")', 'a'),
    ];
    const run = await workspace.runUntil(await workspace.submit('', { top: { tasks } }));
    assert.deepEqual(
      run.tasks.map((one) => [one.task_key, one.state.life_cycle_state, one.state.result_state]),
      [
        ['c', 'TERMINATED', 'UPSTREAM_FAILED'],
        ['a', 'TERMINATED', 'SUCCESS'],
        ['b', 'TERMINATED', 'FAILED'],
      ],
    );
    assert.equal(
      run.state.state_message,
      'Task b failed with message: Workload failed, see run output for details. This caused all downstream tasks to get skipped.',
    );
  });

  it('tries a task again, and lists every attempt', async () => {
    const script =
      'import os\nopen(os.environ["M"], "a").write("x")\nif len(open(os.environ["M"]).read()) < 3: raise ValueError("again")';
    const zone = temporaryFolder();
    const cluster = { spark_env_vars: { M: join(zone, 'marks'), HERMES_PRODUCTS_ZONE: zone } };
    const run = await workspace.runUntil(
      await workspace.submit(script, { cluster, task: { max_retries: 2 } }),
    );
    assert.equal(run.state.result_state, 'SUCCESS');
    assert.deepEqual(
      run.tasks.map((task) => [task.attempt_number, task.state.result_state]),
      [
        [0, 'FAILED'],
        [1, 'FAILED'],
        [2, 'SUCCESS'],
      ],
    );
  });

  it('cancels a run: the process group is gone before the run says so', async () => {
    const script =
      'import subprocess, time\nprint(subprocess.Popen(["sleep", "600"]).pid, flush=True)\ntime.sleep(600)';
    const id = await workspace.submit(script);
    const running = await workspace.runUntil(id, (run) => run.state.life_cycle_state === 'RUNNING');
    let child = 0;
    while (!(child > 0)) child = Number((await workspace.output(running.tasks[0]?.run_id)).logs);
    assert.deepEqual(
      (await workspace.call('POST', '/api/2.1/jobs/runs/cancel', { run_id: String(id) })).body,
      {},
    );
    const run = await workspace.runUntil(id);
    assert.deepEqual(run.state, {
      life_cycle_state: 'TERMINATED',
      result_state: 'CANCELED',
      state_message: 'Run cancelled.',
      user_cancelled_or_timedout: true,
    });
    assert.equal(run.status.termination_details?.code, 'USER_CANCELED');
    assert.equal(processIdentity(child), undefined);
    await workspace.call('POST', '/api/2.1/jobs/runs/cancel', { run_id: id });
    assert.equal((await workspace.run(id)).end_time, run.end_time);
  });

  it('kills a script that does not listen to TERM', async () => {
    const script =
      'import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint("ready", flush=True)\ntime.sleep(600)';
    const id = await workspace.submit(script);
    const running = await workspace.runUntil(id, (run) => run.state.life_cycle_state === 'RUNNING');
    while (!(await workspace.output(running.tasks[0]?.run_id)).logs);
    await workspace.call('POST', '/api/2.1/jobs/runs/cancel', { run_id: id });
    assert.equal((await workspace.runUntil(id)).state.result_state, 'CANCELED');
  });

  it('ends a run and a task that take too long', async () => {
    const byRun = await workspace.submit('import time; time.sleep(60)', { top: { timeout_seconds: 1 } });
    const byTask = await workspace.submit('import time; time.sleep(60)', { task: { timeout_seconds: '1' } });
    const run = await workspace.runUntil(byRun);
    assert.equal(run.state.result_state, 'TIMEDOUT');
    assert.equal(run.state.state_message, 'Run timed out: it ran longer than 1 seconds.');
    const other = await workspace.runUntil(byTask);
    assert.equal(other.state.result_state, 'TIMEDOUT');
    assert.equal(
      other.state.state_message,
      'Task main failed with message: Task main timed out: it ran longer than 1 seconds.',
    );
  });

  it('makes one run of a token, also for two requests at once, also when the run failed', async () => {
    const body = submitBody(scriptFile('raise ValueError("once")'), {
      top: { idempotency_token: 'a'.repeat(64) },
    });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => workspace.call('POST', '/api/2.2/jobs/runs/submit', body)),
    );
    const ids = new Set(answers.map((answer) => answer.body.run_id));
    assert.equal(ids.size, 1);
    const [id] = ids;
    await workspace.runUntil(Number(id));
    assert.equal((await workspace.call('POST', '/api/2.2/jobs/runs/submit', body)).body.run_id, id);
    await workspace.call('POST', '/api/2.2/jobs/runs/delete', { run_id: id });
    const again = await workspace.call('POST', '/api/2.2/jobs/runs/submit', body);
    assert.deepEqual(again, {
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: `The run with idempotency token '${'a'.repeat(64)}' was deleted; choose another token.`,
      },
    });
  });

  it('queues what has no room and starts it in order', async () => {
    const own = await openWorkspace({ maxConcurrent: 1 });
    const first = await own.submit('import time; time.sleep(0.3)');
    const second = await own.submit('print(2)');
    const third = await own.submit('print(3)');
    const waiting = await own.run(second);
    assert.equal(waiting.state.life_cycle_state, 'QUEUED');
    assert.equal(waiting.end_time, 0);
    const ended = await Promise.all([first, second, third].map((id) => own.runUntil(id)));
    const ends = ended.map((run) => run.end_time);
    assert.deepEqual(ends, [...ends].sort());
    assert.ok(ended.every((run) => run.state.result_state === 'SUCCESS'));
  });
});
