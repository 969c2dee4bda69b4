import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLoginCode } from '../../../src/workspace/identity/accounts.ts';
import { closeWorkspaces, openWorkspace } from '../workspace-harness.ts';

const MILLION = 1_000_000;

describe('a script that prints very much', () => {
  after(closeWorkspaces);

  it('leaves 100 MB in its log, of which readers get the end', async () => {
    const workspace = await openWorkspace();
    const script =
      'line = "x" * 99\nfor i in range(10):\n  print("\\n".join([line] * 100_000))\nprint("the end")';
    const run = await workspace.runUntil(await workspace.submit(script));
    assert.equal(run.state.result_state, 'SUCCESS');
    const [task] = run.tasks;
    const file = join(workspace.folder, 'runs', String(task?.run_id), 'driver.log');
    assert.equal(statSync(file).size, 100 * MILLION + 8);
    const output = await workspace.output(task?.run_id);
    assert.equal(String(output.logs).length, 5 * 1024 * 1024);
    assert.ok(String(output.logs).endsWith('the end\n'));
    assert.equal(output.logs_truncated, true);
    const code = createLoginCode(workspace.folder, 'you@localhost', new Date());
    const login = await fetch(`${workspace.url}/login?code=${code}`, { redirect: 'manual' });
    const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const page = await fetch(`${workspace.url}/jobs/${run.job_id}/runs/${run.run_id}`, {
      headers: { cookie },
    });
    const text = await page.text();
    assert.ok(text.length < MILLION);
    assert.ok(text.includes('id="L1000001"'));
  });

  it('loses the beginning of a log that passes the cap, under a line that says so, when it prints 1 GB', async () => {
    const cap = 50 * MILLION;
    const workspace = await openWorkspace({ logCapBytes: cap });
    const script =
      'block = "\\n".join(["x" * 99] * 100_000)\nfor i in range(100): print(block)\nprint("the end")';
    const run = await workspace.runUntil(await workspace.submit(script));
    assert.equal(run.state.result_state, 'SUCCESS');
    const [task] = run.tasks;
    const file = join(workspace.folder, 'runs', String(task?.run_id), 'driver.log');
    const head = readFileSync(file, 'utf8').slice(0, 200);
    assert.match(head, /^\[hermes\] The log passed 50000000 bytes\. Its first \d+ bytes were dropped\.\n/);
    assert.ok(statSync(file).size <= cap, String(statSync(file).size));
    assert.ok(String((await workspace.output(task?.run_id)).logs).endsWith('the end\n'));
  });
});
