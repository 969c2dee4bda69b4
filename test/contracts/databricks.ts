import { strict as assert } from 'node:assert';
import type { Clock } from '../../src/core/clock.ts';
import type { HermesError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Databricks } from '../../src/databricks/client.ts';
import { localPace } from '../../src/databricks/runs/polling-pace.ts';
import type { Run, RunPage } from '../../src/databricks/runs/run.ts';
import { isSuccess } from '../../src/databricks/runs/run-state.ts';
import { watchRun } from '../../src/databricks/runs/watch-run.ts';

/** A workspace to judge, and scripts that it can reach. */
export interface WorkspaceUnderTest {
  readonly databricks: Databricks;
  readonly clock: Clock;
  /** URL of a script that prints and succeeds, raises KeyError, or never ends. */
  readonly script: (kind: 'good' | 'raise' | 'hang') => string;
  readonly close: () => Promise<void>;
}

/** What every workspace must do, whoever serves it. */
export function itIsADatabricksWorkspace(open: () => Promise<WorkspaceUnderTest>): void {
  let workspace: WorkspaceUnderTest;
  let tokens = 0;

  before(async () => {
    workspace = await open();
  });
  after(() => workspace.close());

  const body = (kind: 'good' | 'raise' | 'hang', more: JsonObject = {}): JsonObject => ({
    run_name: `contract.${kind}`,
    idempotency_token: `contract-${tokens++}`,
    tasks: [
      {
        task_key: 'task',
        spark_python_task: { python_file: workspace.script(kind) },
        new_cluster: {
          spark_version: '15.4.x-scala2.12',
          node_type_id: 'm5.xlarge',
          num_workers: 1,
          ...more,
        },
      },
    ],
  });
  const watch = (runId: string) =>
    watchRun(workspace.databricks.jobs, runId, { clock: workspace.clock, pace: localPace });
  const code = (expected: string) => (error: HermesError) => {
    assert.equal(error.code, expected, error.message);
    return true;
  };

  it('runs a script to success and gives its page from the start', async () => {
    const { jobs } = workspace.databricks;
    const runId = await jobs.submitRun(body('good'));
    const first = await jobs.getRun(runId);
    assert.match(first.pageUrl, new RegExp(`/jobs/${first.jobId}/runs/${runId}$`));
    const ended = await watch(runId);
    assert.ok(isSuccess(ended.state));
    assert.equal(ended.tasks.length, 1);
    assert.match((await jobs.getRunOutput(ended.tasks[0]?.runId ?? '')).logs, /working/);
  });

  it('answers the same run for the same token, also once it has failed', async () => {
    const { jobs } = workspace.databricks;
    const request = body('raise');
    const runId = await jobs.submitRun(request);
    assert.equal(await jobs.submitRun(request), runId);
    await watch(runId);
    assert.equal(await jobs.submitRun(request), runId);
  });

  it('tells what a script raised, and that the user has to act', async () => {
    const { jobs } = workspace.databricks;
    const ended = await watch(await jobs.submitRun(body('raise')));
    assert.equal(ended.state.result, 'FAILED');
    assert.equal(ended.state.termination?.type, 'CLIENT_ERROR');
    const output = await jobs.getRunOutput(ended.tasks[0]?.runId ?? '');
    assert.equal(output.error, "KeyError: 'tempMax'");
    assert.match(output.errorTrace ?? '', /line \d+, in f/);
  });

  it('ends a run that is cancelled, and leaves an ended one as it is', async () => {
    const { jobs } = workspace.databricks;
    const runId = await jobs.submitRun(body('hang'));
    await jobs.cancelRun(runId);
    assert.equal((await watch(runId)).state.result, 'CANCELED');
    const done = await watch(await jobs.submitRun(body('good')));
    await jobs.cancelRun(done.runId);
    assert.ok(isSuccess((await jobs.getRun(done.runId)).state));
  });

  it('lists runs, the newest first, and no more than asked for', async () => {
    const { jobs } = workspace.databricks;
    const ids = [await jobs.submitRun(body('good')), await jobs.submitRun(body('good'))];
    await Promise.all(ids.map(watch));
    const page = await jobs.listRuns({ limit: 2 });
    assert.deepEqual(new Set(page.runs.map(({ runId }) => runId)), new Set(ids));
  });

  it('lists what has ended page by page, the latest end first, with tasks when they are asked for', async () => {
    const { jobs } = workspace.databricks;
    const ids = [];
    for (const kind of ['good', 'raise', 'good'] as const) ids.push(await jobs.submitRun(body(kind)));
    for (const id of ids) await watch(id);
    const found: Run[] = [];
    for (let next: { pageToken?: string } | undefined = {}; next !== undefined; ) {
      const page: RunPage = await jobs.listRuns({ only: 'completed', withTasks: true, limit: 2, ...next });
      assert.ok(page.runs.length <= 2);
      found.push(...page.runs);
      next = page.nextPageToken === undefined ? undefined : { pageToken: page.nextPageToken };
    }
    const ends = found.map(({ endedAt }) => endedAt?.getTime() ?? 0);
    assert.deepEqual(
      ends,
      ends.toSorted((a, b) => b - a),
    );
    assert.ok(ids.every((id) => found.some(({ runId, tasks }) => runId === id && tasks.length === 1)));
    assert.equal(new Set(found.map(({ runId }) => runId)).size, found.length);
  });

  it('lists what is going', async () => {
    const { jobs } = workspace.databricks;
    const runId = await jobs.submitRun(body('hang'));
    const going = async () => (await jobs.listRuns({ only: 'active' })).runs.map((run) => run.runId);
    assert.ok((await going()).includes(runId));
    assert.ok(!(await jobs.listRuns({ only: 'completed' })).runs.some((run) => run.runId === runId));
    await jobs.cancelRun(runId);
    await watch(runId);
    assert.ok(!(await going()).includes(runId));
  });

  it('says who one is, and in which groups', async () => {
    const me = await workspace.databricks.identity.me();
    assert.deepEqual([me.userName, me.groups], ['you@localhost', ['admins']]);
    assert.deepEqual(await workspace.databricks.identity.instanceProfiles(), []);
  });

  it('says that a run or a policy is not there', async () => {
    const { jobs, policies } = workspace.databricks;
    await assert.rejects(jobs.getRun('999999'), code('HERMES_DATABRICKS_NOT_FOUND'));
    await assert.rejects(policies.getPolicy('0123456789ABCDEF'), code('HERMES_DATABRICKS_NOT_FOUND'));
  });

  it('keeps policies word by word and holds clusters to them', async () => {
    const { jobs, policies } = workspace.databricks;
    const policyId = await policies.createPolicy(
      'contract',
      '{ "num_workers": {"type": "fixed", "value": 1} }',
    );
    await policies.grantPolicyUse(policyId, 'weather');
    const policy = await policies.getPolicy(policyId);
    assert.equal(policy.definition, '{ "num_workers": {"type": "fixed", "value": 1} }');
    assert.ok((await policies.listPolicies()).some((each) => each.policyId === policyId));
    const wide = body('good', { policy_id: policyId, num_workers: 8 });
    await assert.rejects(jobs.submitRun(wide), code('HERMES_POLICY_REFUSED'));
    await policies.editPolicy({ ...policy, definition: '{"num_workers":{"type":"range","maxValue":8}}' });
    assert.ok(isSuccess((await watch(await jobs.submitRun(wide))).state));
  });
}
