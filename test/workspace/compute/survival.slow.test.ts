import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { linuxProcesses } from '../../../src/core/linux-process.ts';
import { temporaryFolder } from '../../setup.ts';
import {
  closeWorkspaces,
  isOver,
  openWorkspace,
  type RunReply,
  scriptFile,
  submitBody,
} from '../workspace-harness.ts';

const [MOUNT, UNMOUNT] = ['/bin/mount', '/bin/umount'];

interface Server {
  readonly process: ChildProcess;
  readonly url: string;
  readonly token: string;
}

describe('a workspace that has a hard life', () => {
  after(closeWorkspaces);

  it('is killed at any moment: each run that it took happens once, to its end, and nothing is left behind', async function () {
    this.timeout(120_000);
    const folder = temporaryFolder();
    const ledger = temporaryFolder();
    const script = scriptFile(
      [
        'import os, subprocess, sys, time',
        'ledger, name = sys.argv[1:]',
        'note = lambda what: os.close(os.open(f"{ledger}/{name}.{what}.{os.getpid()}", os.O_CREAT))',
        'note("begun"); time.sleep(int(name) % 4 * 0.1); note("done")',
        'subprocess.Popen(["sleep", "60"]); print("line", name)',
      ].join('\n'),
    );
    const runs: { readonly id: number; readonly name: string }[] = [];
    for (let round = 0; round < 3; round += 1) {
      const server = await serve(folder);
      const name = (index: number): string => String(round * 4 + index);
      const submitting = [0, 1, 2, 3].map(async (index) => {
        const task = { spark_python_task: { python_file: script, parameters: [ledger, name(index)] } };
        const body = submitBody('', { task, cluster: { spark_env_vars: { HERMES_PRODUCTS_ZONE: ledger } } });
        const { run_id } = await ask<{ run_id: number }>(server, 'submit', body);
        runs.push({ id: run_id, name: name(index) });
      });
      await delay(Math.random() * 500);
      server.process.kill('SIGKILL');
      await Promise.allSettled([once(server.process, 'exit'), ...submitting]);
    }
    const last = await serve(folder);
    for (const { id, name } of runs) {
      const run = await ended(last, id);
      assert.equal(run.state.result_state, 'SUCCESS', `run ${id}: ${run.tasks[0]?.state.state_message}`);
      const notes = readdirSync(ledger).filter((file) => file.startsWith(`${name}.`));
      assert.deepEqual(
        notes.map((file) => file.split('.')[1]).sort(),
        ['begun', 'done'],
        `run ${id}: ${notes.join(' ')}`,
      );
      const output = await ask<{ logs: string }>(last, `get-output?run_id=${run.tasks[0]?.run_id}`);
      assert.equal(output.logs, `line ${name}\n`);
    }
    last.process.kill('SIGTERM');
    await once(last.process, 'exit');
    const left = linuxProcesses().filter(({ pid }) => environmentOf(pid).includes(folder));
    assert.deepEqual(left, []);
  });

  it('runs 200 scripts that were submitted at once, each with its own log, and keeps no file open', async function () {
    this.timeout(120_000);
    const workspace = await openWorkspace();
    const script = scriptFile('import sys; print("mine", sys.argv[1])');
    const before = openFiles();
    const ids = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const task = { spark_python_task: { python_file: script, parameters: [String(index)] } };
        return workspace.submit('', { task });
      }),
    );
    for (const [index, id] of ids.entries()) {
      const run = await workspace.runUntil(id);
      assert.equal(run.state.result_state, 'SUCCESS');
      assert.equal((await workspace.output(run.tasks[0]?.run_id)).logs, `mine ${index}\n`);
    }
    assert.ok(openFiles() - before < 20, `${before} open files became ${openFiles()}`);
  });
});

describe('a workspace whose disk is full', () => {
  const folder = temporaryFolder();
  before(function () {
    try {
      execFileSync(MOUNT, ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      this.skip();
    }
  });
  after(async () => {
    await closeWorkspaces();
    spawnSync(UNMOUNT, [folder]);
  });

  it('still answers, and knows how its runs ended when there is room again', async () => {
    const workspace = await openWorkspace({ folder, cacheFolder: temporaryFolder() });
    const filler = await workspace.submit('while True: print("x" * 9_999)');
    const running = await workspace.runUntil(
      filler,
      (run) => run.tasks[0]?.state.life_cycle_state === 'RUNNING',
    );
    const log = join(folder, 'runs', String(running.tasks[0]?.run_id), 'driver.log');
    while (statfsSync(folder).bavail > 0) await delay(20);
    await delay(300);
    assert.equal((await workspace.run(filler)).state.result_state, undefined);
    rmSync(log);
    const run = await workspace.runUntil(filler);
    assert.equal(run.tasks[0]?.state.result_state, 'FAILED');
    const next = await workspace.runUntil(await workspace.submit('print("room")'));
    assert.equal(next.state.result_state, 'SUCCESS');
  });
});

async function serve(folder: string): Promise<Server> {
  const main = fileURLToPath(import.meta.resolve('./killable-workspace.ts'));
  const child = spawn(process.execPath, [main, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { process: child, ...JSON.parse(String(line)) };
}

async function ask<T>({ url, token }: Server, path: string, body?: object): Promise<T> {
  const response = await fetch(`${url}/api/2.2/jobs/runs/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

async function ended(server: Server, id: number): Promise<RunReply> {
  for (;;) {
    const run = await ask<RunReply>(server, `get?run_id=${id}`);
    if (isOver(run)) return run;
    await delay(20);
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

/** Sockets do not count: the client in this process keeps some. */
function openFiles(): number {
  const names = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return 'socket: gone';
    }
  });
  return names.filter((name) => !name.startsWith('socket:')).length;
}
