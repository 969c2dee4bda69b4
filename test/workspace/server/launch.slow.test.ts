import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { parseJson } from '../../../src/core/json.ts';
import { processIdentity } from '../../../src/core/process-group.ts';
import {
  ensureWorkspace,
  type ReachableWorkspace,
  stopWorkspace,
  workspaceStatus,
} from '../../../src/workspace/server/launch.ts';
import { temporaryFolder } from '../../setup.ts';
import { isOver, type RunReply, scriptFile, submitBody } from '../workspace-harness.ts';

const signal = new AbortController().signal;

describe('the workspace as a process', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await stopWorkspace(folder, signal);
  });
  const fresh = (): string => {
    const folder = temporaryFolder();
    folders.push(folder);
    return folder;
  };
  const start = (folder: string): Promise<ReachableWorkspace> =>
    ensureWorkspace({ folder, cacheFolder: join(folder, 'cache'), signal });
  const call = async <T>(
    workspace: ReachableWorkspace,
    method: string,
    path: string,
    body?: object,
  ): Promise<T> => {
    const response = await fetch(`${workspace.url}/api/2.2/jobs/runs/${path}`, {
      method,
      headers: { authorization: `Bearer ${workspace.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return parseJson(await response.text()) as T;
  };
  const submit = async (workspace: ReachableWorkspace, script: string): Promise<number> =>
    (await call<{ run_id: number }>(workspace, 'POST', 'submit', submitBody(scriptFile(script)))).run_id;
  const runUntil = async (workspace: ReachableWorkspace, id: number, isDone = isOver): Promise<RunReply> => {
    for (;;) {
      const run = await call<RunReply>(workspace, 'GET', `get?run_id=${id}`);
      if (isDone(run)) return run;
      await delay(20);
    }
  };
  const kill = async (folder: string): Promise<void> => {
    const pid = (await workspaceStatus(folder))?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    while (processIdentity(pid) !== undefined) await delay(10);
  };
  const running = (run: RunReply): boolean => run.state.life_cycle_state === 'RUNNING';

  it('shares one server between launches at the same moment', async () => {
    const folder = fresh();
    const all = await Promise.all([start(folder), start(folder), start(folder)]);
    assert.equal(new Set(all.map((workspace) => workspace.url)).size, 1);
    assert.equal(all.filter((workspace) => workspace.started).length, 1);
    assert.equal((await start(folder)).started, false);
    assert.equal((await workspaceStatus(folder))?.url, all[0]?.url);
    for (const file of ['server.json', 'owner-token'])
      assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
    assert.deepEqual(await stopWorkspace(folder, signal), { stopped: true, cancelledRuns: 0 });
    assert.equal(await workspaceStatus(folder), undefined);
    assert.deepEqual(await stopWorkspace(folder, signal), { stopped: false, cancelledRuns: 0 });
  });

  it('keeps its port, and takes the next one and says so while another program has it; plays a scenario from its start only', async () => {
    const folder = fresh();
    const first = await start(folder);
    const port = Number(new URL(first.url).port);
    await stopWorkspace(folder, signal);
    assert.equal((await start(folder)).url, first.url);
    await stopWorkspace(folder, signal);
    const scenario = join(folder, 'bad-day.yaml');
    writeFileSync(scenario, 'runs: [{ outcome: success }]\n');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const moved = await start(folder);
    other.close();
    assert.notEqual(moved.url, first.url);
    assert.equal(moved.movedFrom, port);
    await stopWorkspace(folder, signal);
    const back = await ensureWorkspace({ folder, signal, scenario });
    assert.equal(back.url, first.url, 'its port is free again');
    assert.equal((await workspaceStatus(folder))?.scenario, 'bad-day.yaml');
    await assert.rejects(ensureWorkspace({ folder, signal, scenario }), {
      name: 'ConfigError',
      message: `Cannot start the workspace with a scenario [url=${back.url}]: it is running already with the scenario bad-day.yaml.`,
      nextStep: 'Run: hermes workspace stop, then start it with the scenario.',
    });
    await stopWorkspace(folder, signal);
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const wanted = (busy.address() as { port: number }).port;
    await assert.rejects(ensureWorkspace({ folder, signal, port: wanted }), {
      name: 'ConfigError',
      message: `Cannot start the workspace [port=${wanted}]: the port is in use by another program.`,
      nextStep: 'Choose another with --port, or leave it out: the next free one is taken then.',
    });
    busy.close();
  });

  it('cancels what runs when it is stopped, and says how much', async () => {
    const folder = fresh();
    const first = await start(folder);
    const id = await submit(first, 'import time; time.sleep(600)');
    await runUntil(first, id, running);
    assert.deepEqual(await stopWorkspace(folder, signal), { stopped: true, cancelledRuns: 1 });
    const run = await runUntil(await start(folder), id);
    assert.equal(run.state.result_state, 'CANCELED');
    assert.equal(run.state.state_message, 'Run cancelled: the workspace was stopped.');
  });

  it('adopts a script that outlived a killed server, and cancels it like any other', async () => {
    const folder = fresh();
    const flag = join(temporaryFolder(), 'go');
    const first = await start(folder);
    const ends = await submit(
      first,
      `import os, time\nwhile not os.path.exists(${JSON.stringify(flag)}): time.sleep(0.02)\nprint("done")`,
    );
    const stays = await submit(first, 'import time; time.sleep(600)');
    for (const id of [ends, stays]) await runUntil(first, id, running);
    await kill(folder);
    const second = await start(folder);
    assert.equal((await runUntil(second, ends, () => true)).state.life_cycle_state, 'RUNNING');
    await call(second, 'POST', 'cancel', { run_id: stays });
    assert.equal((await runUntil(second, stays)).state.result_state, 'CANCELED');
    writeFileSync(flag, '');
    const run = await runUntil(second, ends);
    assert.equal(run.state.result_state, 'SUCCESS');
    const output = await call<{ logs: string }>(second, 'GET', `get-output?run_id=${run.tasks[0]?.run_id}`);
    assert.equal(output.logs, 'done\n');
  });

  it('settles by its result a script that ended while no server was there, and as lost one that left none', async () => {
    const folder = fresh();
    const first = await start(folder);
    const server = (await workspaceStatus(folder))?.pid;
    const whenOrphaned = [
      'import os, time',
      'def is_there():',
      `    try: os.kill(${server}, 0)`,
      '    except ProcessLookupError: return False',
      '    except PermissionError: pass',
      '    return True',
      'while is_there(): time.sleep(0.05)',
    ];
    const raises = await submit(first, [...whenOrphaned, 'raise ValueError("meanwhile")'].join('\n'));
    const vanishes = await submit(first, [...whenOrphaned, 'os._exit(0)'].join('\n'));
    // A driver that has not begun would be run by the next server.
    const begun = ({ tasks }: RunReply): boolean =>
      existsSync(join(folder, 'runs', String(tasks[0]?.run_id), 'begun'));
    for (const id of [raises, vanishes]) await runUntil(first, id, begun);
    await kill(folder);
    const db = new DatabaseSync(join(folder, 'workspace.db'), { readOnly: true });
    const pids = db
      .prepare('SELECT pid FROM task_runs')
      .all()
      .map((row) => Number(row.pid));
    db.close();
    while (pids.some((pid) => processIdentity(pid) !== undefined)) await delay(20);
    const second = await start(folder);
    const raised = await runUntil(second, raises);
    assert.equal(raised.tasks[0]?.state.state_message, 'Workload failed, see run output for details');
    const lost = await runUntil(second, vanishes);
    assert.equal(lost.tasks[0]?.state.life_cycle_state, 'INTERNAL_ERROR');
    assert.equal(
      lost.tasks[0]?.state.state_message,
      'The driver was lost while the workspace was down: it is gone and left no result. Its log holds what it printed until then.',
    );
    assert.equal(lost.status.termination_details?.type, 'INTERNAL_ERROR');
  });

  it('takes less memory than the log that a script prints and people read', async () => {
    const folder = fresh();
    const workspace = await start(folder);
    const pid = (await workspaceStatus(folder))?.pid ?? 0;
    const before = residentBytes(pid);
    const script = 'for i in range(30):\n  print("\\n".join(["x" * 99] * 100_000))';
    const run = await runUntil(workspace, await submit(workspace, script));
    const output = await call<{ logs: string }>(
      workspace,
      'GET',
      `get-output?run_id=${run.tasks[0]?.run_id}`,
    );
    assert.equal(output.logs.length, 5 * 1024 * 1024);
    const page = await fetch(`${workspace.url}/jobs/${run.job_id}/runs/${run.run_id}`, {
      headers: { authorization: `Bearer ${workspace.token}` },
    });
    assert.ok((await page.text()).includes('id="L3000000"'));
    assert.ok(residentBytes(pid) - before < 150_000_000);
  });

  it('leaves no address behind when it is stopped', async () => {
    const folder = fresh();
    await start(folder);
    await stopWorkspace(folder, signal);
    assert.ok(!existsSync(join(folder, 'server.json')));
  });
});

/** Memory that the operating system has lent to a process. */
function residentBytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])) * 1024;
}
