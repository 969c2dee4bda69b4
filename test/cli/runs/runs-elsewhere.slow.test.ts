import { strict as assert } from 'node:assert';
import { temporaryFolder } from '../../setup.ts';
import {
  closeWorkspaces,
  openWorkspace,
  plainCluster,
  scriptFile,
  type TestWorkspace,
} from '../../workspace/workspace-harness.ts';
import { begin, endSpawned, type Finished, type Spawned } from '../spawned-hermes.ts';

const GOOD = "import time\nprint('hello', flush=True)\n";
const BAD = "def f(d):\n    return d['tempMax']\nprint('reading')\nf({})\n";
const HANG = "import time\nprint('waiting', flush=True)\nwhile True:\n    time.sleep(0.05)\n";

describe('runs that somebody else started, by the command line', () => {
  let workspace: TestWorkspace;
  let folder = '';

  before(async () => {
    folder = temporaryFolder();
    // Ids that a double cannot hold.
    workspace = await openWorkspace({ firstRunId: 2n ** 53n + 1n, maxConcurrent: 1 });
  });
  after(async () => {
    endSpawned();
    await closeWorkspaces();
  });

  const start = (...args: string[]): Spawned =>
    begin(folder, args, { DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: workspace.token });
  const hermes = (...args: string[]): Promise<Finished> => start(...args).finished;
  const linkOf = async (id: bigint | number): Promise<string> =>
    `${(await workspace.run(id)).run_page_url}?o=7474`;

  it('are followed by their link to the end: states, the error, who has to act', async () => {
    const id = await workspace.submit(BAD);
    const watch = await hermes('runs', 'watch', `<${await linkOf(id)}|See the run>`);
    assert.equal(watch.code, 1, watch.stderr);
    assert.match(
      watch.stdout,
      new RegExp(
        `^a test · run ${id} · by you@localhost\\n {2}http://127.0.0.1:\\d+/jobs/\\d+/runs/${id}\\n` +
          "(?: {2}… main[^\\n]*\\n)* {2}✗ main {2}FAILED {5,}\\d+\\.\\ds\\n {6}KeyError: 'tempMax' {4}script-\\d+\\.py:2 in f\\n" +
          " {8}return d\\['tempMax'\\]\\n {6}Your script raised it\\. Last lines: hermes runs logs \\d+ --tail 50\\nFAILED · \\d+\\.\\ds\\n" +
          `Repeat it as it was: {2}hermes runs rerun ${id}\\n$`,
      ),
    );
    const taskRun = /logs (\d+) --tail/.exec(watch.stdout)?.[1] ?? '';
    const error = await hermes('runs', 'logs', taskRun, '--error');
    assert.match(error.stdout, /^Traceback \(most recent call last\):\n[\s\S]*\nKeyError: 'tempMax'\n$/);
    assert.match(
      (await hermes('runs', 'show', String(id))).stdout,
      /KeyError: 'tempMax' {4}script-\d+\.py:2 in f\n/,
    );
  });

  it('are followed by programs, with every digit of their ids', async () => {
    const id = await workspace.submit(GOOD);
    const { code, stdout } = await hermes('runs', 'watch', String(id), '--json');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      [code, events.at(-1).event, events.at(-1).state, events.at(-1).runId, events.at(-1).failed],
      [0, 'ended', 'SUCCESS', String(id), []],
    );
  });

  it('are refused by a link that names another job, before anything is done', async () => {
    const id = await workspace.submit(HANG);
    const job = /jobs\/(\d+)/.exec(await linkOf(id))?.[1];
    for (const words of [['show'], ['cancel'], ['rerun', '--dry-run']]) {
      const { code, stderr } = await hermes('runs', ...words, `${workspace.url}/jobs/7777777/runs/${id}`);
      assert.deepEqual(
        [code, stderr],
        [
          2,
          `Cannot open the link [workspace=${workspace.url}]: it names run ${id} of job 7777777, and here that run belongs to job ${job}\nThe link may be of another workspace: name that one by DATABRICKS_HOST, --profile or -C FOLDER.\n`,
        ],
      );
    }
    const cancel = await hermes('runs', 'cancel', await linkOf(id));
    assert.equal(cancel.stdout, `run ${id} has ended: CANCELED\n`);
  });

  it('go on when only the watching is ended, and are cancelled several at once, the queued one, too', async () => {
    const ended = await workspace.submit(GOOD);
    await workspace.runUntil(ended);
    const going = await workspace.submit(HANG);
    const queued = await workspace.submit(GOOD);
    const watch = start('runs', 'watch', String(going));
    await watch.seen('RUNNING');
    watch.child.kill('SIGINT');
    const { code, stderr } = await watch.finished;
    assert.deepEqual(
      [code, stderr],
      [1, `Stopped watching; the run goes on. End it with: hermes runs cancel ${going}\n`],
    );
    assert.equal((await workspace.run(queued)).state.life_cycle_state, 'QUEUED');
    const cancel = await hermes('runs', 'cancel', String(queued), await linkOf(going), String(ended));
    assert.equal(cancel.code, 0, cancel.stderr);
    assert.deepEqual(cancel.stdout.trim().split('\n').sort(), [
      `run ${ended} had ended already: SUCCESS`,
      `run ${going} has ended: CANCELED`,
      `run ${queued} has ended: CANCELED`,
    ]);
    assert.equal((await workspace.run(going)).state.result_state, 'CANCELED');
  });

  it('lose one task and keep the others when only that one is cancelled', async () => {
    const { body } = await workspace.call<{ run_id: bigint }>('POST', '/api/2.2/jobs/runs/submit', {
      run_name: 'two',
      tasks: ['one', 'other'].map((task_key) => ({
        task_key,
        spark_python_task: { python_file: scriptFile(task_key === 'one' ? HANG : GOOD) },
        new_cluster: plainCluster,
      })),
    });
    const cancel = await hermes('runs', 'cancel', String(body.run_id), '--task', 'one');
    assert.equal(cancel.code, 0, cancel.stderr);
    const ended = await workspace.runUntil(body.run_id);
    assert.deepEqual(
      ended.tasks.map(({ task_key, state }) => [task_key, state.result_state]),
      [
        ['one', 'CANCELED'],
        ['other', 'SUCCESS'],
      ],
    );
  });

  it('are cancelled as far as possible when one of them is not there', async () => {
    const going = await workspace.submit(HANG);
    const cancel = await hermes('runs', 'cancel', '12', String(going));
    assert.deepEqual([cancel.code, cancel.stdout], [2, `run ${going} has ended: CANCELED\n`]);
    assert.match(cancel.stderr, /^Cannot read run 12 \[.*\]: Run 12 does not exist\.\n/);
  });

  it('show the log of the task that failed, or of the one that is named', async () => {
    const task = (task_key: string, script: string, before: readonly string[] = []) => ({
      task_key,
      depends_on: before.map((key) => ({ task_key: key })),
      spark_python_task: { python_file: scriptFile(script) },
      new_cluster: plainCluster,
    });
    const { body } = await workspace.call<{ run_id: bigint }>('POST', '/api/2.2/jobs/runs/submit', {
      run_name: 'several',
      tasks: [task('clean', GOOD), task('report', BAD, ['clean']), task('publish', GOOD, ['report'])],
    });
    const id = String(body.run_id);
    const watch = await hermes('runs', 'watch', id);
    assert.equal(watch.code, 1);
    assert.match(
      watch.stdout,
      /✗ report {3}FAILED {5,}\d+\.\ds\n {6}KeyError[\s\S]*\nFAILED · 3 tasks: 1 ok, 2 not · /,
    );
    const logs = await hermes('runs', 'logs', id, '--follow');
    assert.match(logs.stdout, /^reading\nTraceback/);
    const named = await hermes('runs', 'logs', id, '--task', 'clean');
    assert.deepEqual([named.stdout, named.stderr], ['hello\n', '']);
    const unknown = await hermes('runs', 'logs', id, '--task', 'cleen');
    assert.deepEqual(
      [unknown.code, unknown.stderr],
      [
        2,
        `Cannot find task cleen in run ${id}. Tasks: clean, report, publish\nName one of them with --task.\n`,
      ],
    );
  });

  it('are listed for whoever may see them', async () => {
    const { code, stdout } = await hermes('runs', 'list', '--workspace', '--limit', '2');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^(\w+ +(several|a test) +you@localhost {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}\d+\.\ds +http:\S+\n){2}$/,
    );
    assert.equal((await hermes('runs', 'list', '--workspace', '--dag', 'seattle')).stdout, 'No run fits.\n');
  });

  it('are repeated as they were, from what the workspace tells', async () => {
    const id = await workspace.submit("import sys\nprint('day', sys.argv[1])\n", {
      task: { max_retries: 0 },
      top: { access_control_list: [{ group_name: 'weather', permission_level: 'CAN_VIEW' }] },
    });
    await workspace.runUntil(id);
    const rerun = await hermes('runs', 'rerun', String(id), '--json');
    assert.equal(rerun.code, 1, 'the script misses its argument, as it did');
    const { runId, failed } = JSON.parse(rerun.stdout.trim().split('\n').at(-1) ?? '');
    assert.equal(failed[0].message, 'IndexError: list index out of range');
    const { body } = await workspace.call(
      'GET',
      `/api/2.0/permissions/jobs/${(await workspace.run(runId)).job_id}`,
    );
    assert.match(JSON.stringify(body), /"group_name":"weather"/);
    const plan = await hermes('runs', 'rerun', String(id), '--dry-run', '--json');
    const { request } = JSON.parse(plan.stdout);
    assert.deepEqual(
      [request.run_name, request.tasks[0].new_cluster.num_workers, request.tasks[0].new_cluster.cluster_name],
      ['a test', 1, undefined],
    );
    const latest = await hermes('runs', 'rerun', String(id), '--latest');
    assert.deepEqual(
      [latest.code, latest.stderr],
      [
        2,
        `Cannot repeat run ${id} with --latest: no record of it is on this machine, and the workspace does not know its DAG\nRepeat it as it was, or run its DAG from the file: hermes dag run FILE\n`,
      ],
    );
  });

  it('are repeated under a policy that one may use, and a dry run promises nothing else', async () => {
    const policies = '/api/2.0/policies/clusters';
    const { body: made } = await workspace.call<{ policy_id: string }>('POST', `${policies}/create`, {
      name: 'tight',
      definition: '{}',
    });
    const id = await workspace.submit(GOOD, {
      cluster: { policy_id: made.policy_id },
      top: { access_control_list: [{ group_name: 'readers', permission_level: 'CAN_VIEW' }] },
    });
    await workspace.runUntil(id);
    const token = workspace.user('rose', 'readers');
    const env = { DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: token };
    for (const more of [['--dry-run'], []]) {
      const { code, stdout, stderr } = await begin(folder, ['runs', 'rerun', String(id), ...more], env)
        .finished;
      assert.deepEqual([code, stdout], [3, '']);
      assert.match(
        stderr,
        /^Cannot read cluster policy \S+ \[.*\]: User rose does not have CAN_USE .*\nIt takes CAN_USE on the cluster policy\b.*\n$/,
      );
    }
    await workspace.call('POST', `${policies}/delete`, made);
    for (const more of [['--dry-run'], []]) {
      const { code, stdout, stderr } = await hermes('runs', 'rerun', String(id), ...more);
      assert.deepEqual(
        [code, stdout, stderr],
        [
          2,
          '',
          `Cannot repeat run ${id} as it was: cluster policy ${made.policy_id} is gone\nRun its DAG from the file, so that the cluster is made for the present policy.\n`,
        ],
      );
    }
  });

  it('are not looked for on another workspace than that of the link, nor is a token sent there', async () => {
    const other = await hermes(
      'runs',
      'watch',
      'https://dbc-1.cloud.databricks.com/jobs/41/runs/1207?o=7474',
    );
    assert.deepEqual(
      [other.code, other.stderr],
      [
        2,
        `Cannot open the link [link=https://dbc-1.cloud.databricks.com, configured=${workspace.url}]: it leads to another workspace than the configured one\n` +
          'Set DATABRICKS_HOST=https://dbc-1.cloud.databricks.com and a token of yours for it, or name its profile: --profile NAME\n',
      ],
    );
  });

  it('stay closed to who may not see them, and to who may only see them', async () => {
    const id = await workspace.submit(HANG, {
      top: { access_control_list: [{ group_name: 'readers', permission_level: 'CAN_VIEW' }] },
    });
    const as = (token: string, ...args: string[]): Promise<Finished> =>
      begin(folder, args, { DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: token }).finished;
    const reader = workspace.user('rita', 'readers');
    const closed = await as(workspace.user('sam', 'others'), 'runs', 'show', String(id));
    assert.equal(closed.code, 3, closed.stderr);
    assert.equal((await as(reader, 'runs', 'show', String(id))).code, 0);
    const cancel = await as(reader, 'runs', 'cancel', String(id));
    assert.equal(cancel.code, 3);
    assert.match(cancel.stderr, /^Cannot cancel run/);
    await hermes('runs', 'cancel', String(id));
  });
});
