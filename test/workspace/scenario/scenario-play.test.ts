import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLoginCode } from '../../../src/workspace/identity/accounts.ts';
import { readScenario } from '../../../src/workspace/scenario/scenario.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, submitBody, type TestWorkspace } from '../workspace-harness.ts';

const scenario = `
clock: { start: 2026-03-01T06:00:00Z, manual: true }
ids: { runs: 9007199254740993, jobs: 9007199254741001 }
run_page_url: legacy
principals: known
limits:
  - { method: GET, path: /api/2.0/policies/clusters/list, per_second: 2 }
runs:
  - { name: slow*, queue_seconds: 600, cluster_seconds: 300, run_seconds: 60, outcome: success, log: hello }
  - { name: no-cluster, outcome: cluster_failure }
  - { name: no-library, outcome: library_failure }
  - { name: raises, first: 1, outcome: failure, error: "KeyError: 'tempMax'" }
  - { name: raises, outcome: success }
  - { name: late, outcome: timeout, message: too slow }
  - { name: ours, outcome: internal_error }
  - { name: tagged, tags: { team: wea* }, outcome: failure }
  - { name: retried, attempt: 0, outcome: failure }
  - { name: retried, outcome: success }
  - { name: odd, outcome: success, shown: { polls: 2, without: [cluster_instance, end_time], life_cycle_state: PONDERING } }
  - { name: '*', outcome: success }
requests:
  - { path: /api/2.0/preview/scim/v2/Me, nth: 1, status: 429, retry_after: 7 }
  - { path: /api/2.0/preview/scim/v2/Me, nth: 2, status: 429 }
  - { path: /api/2.0/preview/scim/v2/Me, nth: 3, status: 503, body: <html>busy</html> }
  - { path: /api/2.0/preview/scim/v2/Me, nth: 4, cut_after_bytes: 10 }
  - { path: /api/2.0/preview/scim/v2/Me, nth: 5, delay_seconds: 0.01 }
  - { path: '*/jobs/runs/submit', user: ana@*, nth: 1, connection: drop_after }
  - { path: '*/jobs/runs/submit', user: ana@*, nth: 2, connection: drop_before }
`;

describe('a workspace that plays a scenario', () => {
  let workspace: TestWorkspace;
  before(async () => {
    const file = join(temporaryFolder(), 'bad-day.yaml');
    writeFileSync(file, scenario);
    workspace = await openWorkspace({ scenario: readScenario(file) });
  });
  after(closeWorkspaces);

  const submit = async (name: string, change: object = {}, token?: string) => {
    const body = submitBody('/no/such/script.py', { top: { run_name: name }, ...change });
    const answer = await workspace.call<{ run_id: bigint }>('POST', '/api/2.2/jobs/runs/submit', body, token);
    assert.equal(answer.status, 200);
    return answer.body.run_id;
  };
  const play = async (name: string, change: object = {}) => workspace.runUntil(await submit(name, change));
  const advance = (seconds: number, token?: string) =>
    workspace.call('POST', '/hermes/clock/advance', { seconds }, token);
  const me = () =>
    fetch(`${workspace.url}/api/2.0/preview/scim/v2/Me`, {
      headers: { authorization: `Bearer ${workspace.token}` },
    });

  it('lets a run queue, wait for its cluster and end as its clock is moved, within milliseconds', async () => {
    const id = await submit('slow and steady');
    assert.equal(typeof id, 'bigint');
    const states = [];
    for (const seconds of [599, 1, 300, 60]) {
      await advance(seconds);
      states.push((await workspace.run(id)).state.life_cycle_state);
    }
    assert.deepEqual(states, ['QUEUED', 'PENDING', 'RUNNING', 'TERMINATED']);
    const run = await workspace.run(id);
    assert.equal(run.end_time - Date.parse('2026-03-01T06:00:00Z'), 960_000);
    assert.equal((await workspace.output(run.tasks[0]?.run_id)).logs, 'hello\n');
  });

  it('cuts a run off at its timeout, by the same clock', async () => {
    const id = await submit('slow to the end', { top: { run_name: 'slow', timeout_seconds: 30 } });
    await advance(31);
    assert.equal((await workspace.runUntil(id)).state.result_state, 'TIMEDOUT');
  });

  it('ends tasks as the rules say, without running their scripts', async () => {
    const cluster = await play('no-cluster');
    assert.deepEqual(cluster.status.termination_details, {
      code: 'CLUSTER_ERROR',
      type: 'CLOUD_FAILURE',
      message: cluster.state.state_message,
    });
    assert.match(cluster.state.state_message, /to be ready\.Cause Unexpected state for cluster/);
    const library = await play('no-library');
    assert.equal(library.status.termination_details?.code, 'LIBRARY_INSTALLATION_ERROR');
    assert.equal((await play('late')).tasks[0]?.state.state_message, 'too slow');
    assert.equal((await play('ours')).status.termination_details?.type, 'INTERNAL_ERROR');
    const tagged = await play('tagged', { cluster: { custom_tags: { team: 'weather' } } });
    assert.equal(tagged.state.result_state, 'FAILED');
    assert.equal((await play('tagged')).state.result_state, 'SUCCESS');
  });

  it('counts runs in the order in which they came, and attempts of a task', async () => {
    const failed = await play('raises');
    assert.equal(failed.state.life_cycle_state, 'INTERNAL_ERROR');
    assert.equal((await workspace.output(failed.tasks[0]?.run_id)).error, "KeyError: 'tempMax'");
    assert.equal((await play('raises')).state.result_state, 'SUCCESS');
  });

  it('tries a task again after its wait, which is no time in the queue on the page', async () => {
    const id = await submit('retried', { task: { max_retries: 1, min_retry_interval_millis: 600_000 } });
    const { job_id } = await workspace.runUntil(id, ({ tasks }) => tasks.length === 2);
    const page = async () =>
      (
        await fetch(`${workspace.url}/jobs/${job_id}/runs/${id}`, {
          headers: { authorization: `Bearer ${workspace.token}` },
        })
      ).text();
    const waiting = await page();
    assert.ok(waiting.includes('Waiting for the next attempt') && !waiting.includes('Timeline'));
    await advance(600);
    const { tasks } = await workspace.runUntil(id);
    assert.deepEqual(
      tasks.map((task) => task.state.result_state),
      ['FAILED', 'SUCCESS'],
    );
    assert.match(await page(), /<b>queued<\/b> 0 ms<\/li>/);
  });

  it('shows a run with a state that nobody knows and without fields, at the first polls', async () => {
    const id = await submit('odd');
    const first = await workspace.run(id);
    assert.equal(first.state.life_cycle_state, 'PONDERING');
    assert.equal(first.status.state, 'PONDERING');
    assert.equal(Object.hasOwn(first, 'end_time'), false);
    assert.equal(Object.hasOwn(first.tasks[0] ?? {}, 'cluster_instance'), false);
    await workspace.run(id);
    assert.equal((await workspace.run(id)).state.life_cycle_state, 'TERMINATED');
  });

  it('answers ids beyond 2^53 and run pages in the legacy form', async () => {
    const run = await play('any');
    assert.ok(BigInt(run.run_id) > 2n ** 53n && BigInt(run.job_id) > 2n ** 53n);
    assert.match(run.run_page_url, new RegExp(`/\\?o=\\d{15}#job/${run.job_id}/run/${run.run_id}$`));
  });

  it('refuses, cuts and delays the requests that it was told to, and no others', async () => {
    const limited = await me();
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get('retry-after'), '7');
    assert.deepEqual(await limited.json(), {
      error_code: 'REQUEST_LIMIT_EXCEEDED',
      message: 'Refused by the scenario.',
    });
    assert.equal((await me()).headers.get('retry-after'), null);
    const busy = await me();
    assert.deepEqual([busy.status, await busy.text()], [503, '<html>busy</html>']);
    await assert.rejects(async () => (await me()).text(), /terminated/);
    for (const _ of [5, 6]) assert.equal((await me()).status, 200);
  });

  it('drops a connection after the run was made, or before', async () => {
    const ana = workspace.user('ana@example.com', 'admins');
    const body = submitBody('/x.py', { top: { run_name: 'twice', idempotency_token: 'once' } });
    const send = () => workspace.call<{ run_id: bigint }>('POST', '/api/2.2/jobs/runs/submit', body, ana);
    await assert.rejects(send, /fetch failed/);
    await assert.rejects(send, /fetch failed/);
    const { run_id: id } = (await send()).body;
    const runs = (await workspace.call<{ runs: { run_name: string }[] }>('GET', '/api/2.2/jobs/runs/list'))
      .body.runs;
    assert.equal(runs.filter((run) => run.run_name === 'twice').length, 1);
    assert.equal((await workspace.runUntil(id)).state.result_state, 'SUCCESS');
  });

  it('limits the requests of each user in one second of its clock', async () => {
    const list = async () => (await workspace.call('GET', '/api/2.0/policies/clusters/list')).status;
    assert.deepEqual([await list(), await list(), await list()], [200, 200, 429]);
    await advance(1);
    assert.equal(await list(), 200);
  });

  it('says on its pages that it plays one', async () => {
    const answer = await fetch(workspace.url, { headers: { authorization: `Bearer ${workspace.token}` } });
    assert.match(await answer.text(), /This workspace plays the scenario <b>bad-day\.yaml<\/b>/);
  });

  it('lets only administrators move the clock', async () => {
    const eva = workspace.user('eva@example.com');
    assert.equal((await advance(1, eva)).status, 403);
    assert.equal((await advance(1, 'nonsense')).status, 401);
    assert.equal((await advance(-1)).status, 400);
  });

  it('refuses an access list that names a group which nobody is in', async () => {
    const list = [{ group_name: 'data-enginers', permission_level: 'CAN_VIEW' }];
    const body = submitBody('/none.py', { top: { access_control_list: list } });
    const { status, body: answer } = await workspace.call('POST', '/api/2.2/jobs/runs/submit', body);
    assert.deepEqual([status, answer.message], [404, 'Principal: GroupName(data-enginers) does not exist']);
  });

  it('signs a person in by a fresh link, however far its clock went', async () => {
    await advance(400 * 24 * 3_600);
    const code = createLoginCode(workspace.folder, 'you@localhost', new Date());
    await workspace.runUntil(await submit('after that'));
    const opened = await fetch(`${workspace.url}/login?code=${code}`, { redirect: 'manual' });
    assert.equal(opened.status, 302);
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    assert.equal((await fetch(workspace.url, { headers: { cookie } })).status, 200);
  });
});
