import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createLoginCode } from '../../../src/workspace/identity/accounts.ts';
import { temporaryFolder } from '../../setup.ts';
import {
  closeWorkspaces,
  openWorkspace,
  plainCluster,
  type RunReply,
  type TestWorkspace,
} from '../workspace-harness.ts';

const hostile = [
  'import sys',
  'print("<script>alert(1)</script><img src=x onerror=alert(2)>")',
  'sys.stdout.flush()',
  'sys.stdout.buffer.write(b"\\xff\\xfe \\x1b[31mred\\x1b[0m \\x00\\n")',
  'sys.stdout.buffer.flush()',
  'raise ValueError("</pre><script>alert(3)</script>")',
].join('\n');

describe('the pages of the workspace', () => {
  let workspace: TestWorkspace;
  let owner: string;
  let run: RunReply;
  before(async () => {
    workspace = await openWorkspace();
    owner = await signIn('you@localhost');
    const tables = { HERMES_INPUTS: 'prod_a.b,<i>', HERMES_OUTPUTS: 'c.d' };
    const secrets = { DB_PASSWORD: 'hunter2' };
    const tags = { team: 'weather', dag: '<b>dag</b>', task: 'clean', version: '1.5.0' };
    const cluster = { custom_tags: tags, spark_env_vars: { ...tables, ...secrets } };
    run = await workspace.runUntil(await workspace.submit(hostile, { cluster }));
  });
  after(closeWorkspaces);

  const signIn = async (user: string): Promise<string> => {
    const code = createLoginCode(workspace.folder, user, new Date());
    const response = await fetch(`${workspace.url}/login?code=${code}`, { redirect: 'manual' });
    assert.equal(response.status, 302);
    const cookie = response.headers.get('set-cookie') ?? '';
    assert.match(cookie, /HttpOnly; SameSite=Strict$/);
    return cookie.split(';')[0] ?? '';
  };
  const get = async (
    path: string,
    cookie?: string,
  ): Promise<{ status: number; text: string; headers: Headers }> => {
    const response = await fetch(`${workspace.url}${path}`, {
      redirect: 'manual',
      headers: cookie === undefined ? {} : { cookie },
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const page = (): string => `/jobs/${run.job_id}/runs/${run.run_id}`;

  it('shows a run: state in words, task, team, error with the user’s frames', async () => {
    const { status, text } = await get(page(), owner);
    assert.equal(status, 200);
    for (const part of [
      '<p class="state bad">Failed</p>',
      '<h1>clean</h1>',
      '<dd>team weather</dd>',
      'Driver log',
      'in &lt;module&gt;',
    ])
      assert.ok(text.includes(part), part);
  });

  it('shows the tables that a run reads and writes, as they were routed', async () => {
    const { text } = await get(page(), owner);
    const section = /<h2>Tables<\/h2>([\s\S]*?)<\/section>/.exec(text)?.[1] ?? '';
    assert.deepEqual(
      [...section.matchAll(/<li>(.*?)<\/li>/g)].map(([, row = '']) => row.replace(/<[^>]*>/g, '')),
      ['reads prod_a.b', 'reads &lt;i&gt;', 'writes c.d'],
    );
  });

  it('masks variables that are called as secrets are', async () => {
    const { text } = await get(page(), owner);
    assert.ok(text.includes('spark_env_vars.DB_PASSWORD') && !text.includes('hunter2'));
  });

  it('escapes whatever a script prints or a tag says', async () => {
    const { text } = await get(page(), owner);
    assert.ok(
      text.includes('&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src&#x3D;x onerror&#x3D;alert(2)&gt;'),
    );
    assert.ok(text.includes('&lt;b&gt;dag&lt;/b&gt;'));
    assert.ok(text.includes('\ufffd\ufffd red ␀'));
    for (const part of ['<script>', '<img', '<b>dag', '\u001b', '\u0000'])
      assert.ok(!text.includes(part), part);
  });

  it('opens a run of several tasks at the one that failed, and says the state of the whole', async () => {
    const task = { ...(await taskOf('pass')), task_key: 'ingest' };
    const failing = { ...(await taskOf('raise ValueError(1)')), task_key: 'clean' };
    const after = { ...task, task_key: 'end', depends_on: [{ task_key: 'clean' }], run_if: 'ALL_DONE' };
    const tasks = [task, failing, after];
    const submitted = await workspace.call<{ run_id: number }>('POST', '/api/2.2/jobs/runs/submit', {
      run_name: 'multi',
      tasks,
    });
    const { job_id, run_id } = await workspace.runUntil(submitted.body.run_id);
    const { text } = await get(`/jobs/${job_id}/runs/${run_id}`, owner);
    for (const part of [
      '<title>Succeeded with failures · multi · clean · Hermes</title>',
      `Run <a href="/jobs/${job_id}/runs/${run_id}">multi</a>: <b class="bad">Succeeded with failures</b>`,
      '<p class="state bad">Failed</p>\n<h1>clean</h1>',
      'after clean',
    ])
      assert.ok(text.includes(part), part);
    for (const state of ['failed', 'succeeded'])
      assert.ok((await get(`/?state=${state}`, owner)).text.includes('>multi</a>'), state);
  });

  it('finds a team whatever its capitals, and says that there is no such state', async () => {
    const { text } = await get('/?team=WEATHER&state=bogus%3Ci%3E', owner);
    assert.ok(text.includes(`href="${page()}"`));
    assert.ok(text.includes('There is no state “bogus&lt;i&gt;”: going, succeeded, failed, cancelled.'));
  });
  /** A task of one script, for a run of several. */
  const taskOf = async (script: string): Promise<object> => {
    const file = join(temporaryFolder(), 'script.py');
    writeFileSync(file, script);
    return { new_cluster: plainCluster, spark_python_task: { python_file: file } };
  };

  it('says on a page of its own that there is no such page', async () => {
    const { status, text } = await get('/nothing', owner);
    assert.equal(status, 404);
    assert.ok(text.includes('<h1>There is no such page.</h1>') && text.includes('href="/dags"'));
  });

  it('runs no script but its own', async () => {
    const policy = (await get(page(), owner)).headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'; style-src 'nonce-[^']+'; script-src 'nonce-[^']+';/);
  });

  it('gives the log as it was written for download', async () => {
    const { text, headers } = await get(`${page()}/log.txt`, owner);
    assert.match(text, /^<script>alert\(1\)/);
    assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="run-\d+\.log"$/);
  });

  it('keeps an outsider from page, log and download, and says who can help', async () => {
    workspace.user('otto@example.com', 'market');
    const otto = await signIn('otto@example.com');
    for (const path of [page(), `${page()}/log`, `${page()}/log.txt`]) {
      const { status, text } = await get(path, otto);
      assert.equal(status, 403, path);
      assert.ok(!text.includes('alert('), path);
    }
    const { text } = await get(page(), otto);
    assert.ok(text.includes('Who can give you access: <b>you@localhost</b>, or a member of <b>admins</b>.'));
    assert.ok((await get('/', otto)).text.includes('No runs that you may see.'));
  });

  it('asks for a token without a session, and goes on to the page that was asked for', async () => {
    const place = `${page()}?a=%2B1:00&b=c`;
    const asked = await get(place);
    assert.equal(asked.status, 401);
    assert.ok(asked.text.includes(`name="next" value="${page()}?a&#x3D;%2B1%3A00&amp;b&#x3D;c">`));
    const post = (token: string, origin: string, next = place): Promise<Response> =>
      fetch(`${workspace.url}/login`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin },
        body: new URLSearchParams({ token, next }),
      });
    assert.equal((await post('hws_wrong', workspace.url)).status, 401);
    assert.equal((await post(workspace.token, 'http://evil.example')).status, 403);
    const opened = await post(workspace.token, workspace.url);
    assert.equal(opened.status, 303);
    assert.equal(opened.headers.get('location'), place);
    for (const next of ['//evil.example', '/\\evil.example', '/.//evil.example', 'javascript:alert(1)'])
      assert.equal((await post(workspace.token, workspace.url, next)).headers.get('location'), '/', next);
  });

  it('lets a login link be used once', async () => {
    const code = createLoginCode(workspace.folder, 'you@localhost', new Date());
    assert.equal((await get(`/login?code=${code}`)).status, 302);
    const again = await get(`/login?code=${code}`);
    assert.equal(again.status, 401);
    assert.ok(again.text.includes('That link was used already, or is older than 10 minutes.'));
    const old = createLoginCode(workspace.folder, 'you@localhost', new Date(Date.now() - 601_000));
    assert.equal((await get(`/login?code=${old}`)).status, 401);
  });

  it('cancels from the page, but not at the word of another site', async () => {
    const id = await workspace.submit('import time; time.sleep(60)');
    const going = await workspace.run(id);
    const post = (origin: string): Promise<Response> =>
      fetch(`${workspace.url}/jobs/${going.job_id}/runs/${id}/cancel`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin, cookie: owner },
      });
    assert.equal((await post('http://evil.example')).status, 403);
    assert.equal((await post(workspace.url)).status, 303);
    await workspace.runUntil(id);
    assert.ok(
      (await get(`/jobs/${going.job_id}/runs/${id}`, owner)).text.includes('Cancelled by you@localhost'),
    );
  });

  it('answers to its own names only', async () => {
    const { port } = new URL(workspace.url);
    const statusFor = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const call = request({ host: '127.0.0.1', port, path: '/login', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        call.on('error', reject).end();
      });
    assert.equal(await statusFor(`localhost:${port}`), 401);
    assert.equal(await statusFor(`evil.example:${port}`), 421);
  });
});
