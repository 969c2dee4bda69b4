import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLoginCode } from '../../../src/workspace/identity/accounts.ts';
import { axeScript, type Browser, type BrowserContext, type Page, startBrowser } from '../../browser.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, plainCluster, type TestWorkspace } from '../workspace-harness.ts';

const HOSTILE = [
  'print("<img src=x onerror=window.hurt=1><script>window.hurt=1</script>")',
  'print("\\x1b]0;title\\x07\\u202egnp.exe")',
  'raise ValueError("<svg onload=window.hurt=1>")',
].join('\n');
const HOSTILE_TAGS = {
  team: '<img src=x onerror=window.hurt=1>',
  dag: '"><script>window.hurt=1</script>',
  dag_run: "x' onmouseover='window.hurt=1",
  task: '</text><script>window.hurt=1</script>',
  environment: 'dev',
};
/** Prints a line each time that the file grows, and ends when it says so. */
const GUIDED = (file: string): string => `
import time
told = 0
while True:
    lines = open(${JSON.stringify(file)}).read().splitlines()
    for line in lines[told:]:
        if line == "end": raise SystemExit(0)
        print(line, flush=True)
    told = len(lines)
    time.sleep(0.05)
`;

describe('the pages in a browser', function () {
  this.timeout(120_000);
  let workspace: TestWorkspace;
  let browser: Browser;
  let window: BrowserContext;
  let page: Page;
  const problems: string[] = [];

  const signIn = async (user: string): Promise<{ window: BrowserContext; page: Page }> => {
    const opened = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const fresh = await opened.newPage();
    fresh.on('pageerror', (error) => problems.push(String(error)));
    fresh.on('console', (message) => problems.push(message.text()));
    fresh.on('dialog', (dialog) => problems.push(dialog.message()));
    await fresh.goto(`${workspace.url}/login?code=${createLoginCode(workspace.folder, user, new Date())}`);
    return { window: opened, page: fresh };
  };
  const tagged = (tags: Record<string, string>, variables = {}) => ({
    cluster: { custom_tags: tags, spark_env_vars: variables },
  });
  const open = (path: string): Promise<unknown> => page.goto(`${workspace.url}${path}`);
  const text = async (selector: string): Promise<string> => ((await page.textContent(selector)) ?? '').trim();
  /** Asks the page until it is so; the page's own policy keeps Playwright's way of waiting out. */
  const until = async (condition: string): Promise<void> => {
    for (;;) {
      // A page that loads itself again meanwhile has no answer.
      const isSo = await page.evaluate<boolean>(condition).catch((error: Error) => {
        if (error.message.includes('context was destroyed')) return false;
        throw error;
      });
      if (isSo) return;
      await delay(20);
    }
  };
  const says = (selector: string, words: string): Promise<void> =>
    until(
      `document.querySelector(${JSON.stringify(selector)})?.textContent.includes(${JSON.stringify(words)}) ?? false`,
    );

  before(async () => {
    [workspace, browser] = await Promise.all([openWorkspace(), startBrowser()]);
    ({ window, page } = await signIn('you@localhost'));
  });
  after(async () => {
    await browser?.close();
    await closeWorkspaces();
  });

  it('follow a run: its log as it is written, its state as it changes, and start it again', async () => {
    const told = join(temporaryFolder(), 'told');
    writeFileSync(told, 'first\n');
    const tags = { team: 'weather', dag: 'climate', dag_run: 'r1', task: 'clean', environment: 'dev' };
    const id = await workspace.submit(GUIDED(told), { ...tagged(tags), top: { run_name: 'climate.clean' } });
    await open('/');
    await says('tbody .state', 'Running');
    await page.click('tbody th a');
    await says('#log', 'first');
    writeFileSync(told, 'first\nsecond line\n');
    await says('#log', 'second line');
    await page.fill('#search input', 'SECOND');
    await page.click('#search button');
    await says('#log mark', 'second');
    writeFileSync(told, 'first\nsecond line\nend\n');
    await says('.head .state', 'Succeeded');
    await until(`document.title.startsWith('Succeeded')`);
    assert.equal(await text('#announced'), 'Succeeded');
    await page.click('.head button');
    await page.waitForURL(new RegExp(`/runs/(?!${id}$)\\d+$`));
    await until(`document.querySelectorAll('.tasks tr').length === 2`);
    writeFileSync(told, '');
  });

  it('go on to the next attempt, with a log of its own', async () => {
    const told = join(temporaryFolder(), 'told');
    writeFileSync(told, 'first\n');
    const forget = `open(${JSON.stringify(told)}, "w").close()`;
    const fails = GUIDED(told).replace('raise SystemExit(0)', `${forget}; raise SystemExit(1)`);
    const id = await workspace.submit(fails, { task: { max_retries: 1 } });
    const { job_id } = await workspace.run(id);
    await open(`/jobs/${job_id}/runs/${id}`);
    await says('#log', 'first');
    writeFileSync(told, 'first\nend\n');
    await workspace.runUntil(id, ({ tasks }) => tasks.length === 2);
    writeFileSync(told, 'second\n');
    await says('#log-title', 'Driver log of attempt 2');
    await says('#log', 'second');
    writeFileSync(told, 'second\nend\n');
    await says('.head .state', 'Failed');
  });

  it('cancel a run, and show it without being loaded again', async () => {
    const id = await workspace.submit('import time; time.sleep(60)', tagged({ team: 'weather' }));
    const { job_id } = await workspace.run(id);
    await open(`/jobs/${job_id}/runs/${id}`);
    await says('.head .state', 'Running');
    await page.click('.head .stop');
    await says('.head .state', 'Cancelled by you@localhost');
    await until(`document.querySelector('.head .stop') === null`);
  });

  it('hold the list to what is asked for, and keep that in the address', async () => {
    await open('/');
    await page.fill('[name=text]', 'climate.cl');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/\?text=climate\.cl$/);
    assert.deepEqual(await names(), ['climate.clean', 'climate.clean']);
    await open('/?state=cancelled&team=weather');
    assert.deepEqual(await names(), ['a test']);
    await open('/?state=failed&team=nobody');
    assert.match(await text('main'), /No run that you may see is like that/);
  });
  const names = (): Promise<string[]> =>
    page.evaluate(`[...document.querySelectorAll('tbody th a:first-child')].map((link) => link.textContent)`);

  it('draw a DAG run as a graph whose steps lead to their runs', async () => {
    const runOf = (task: string, after: string): Promise<bigint | number> =>
      workspace.submit(
        'pass',
        tagged(
          { team: 'weather', dag: 'graph', dag_run: 'g1', task, environment: 'dev' },
          { HERMES_UPSTREAM_TASKS: after },
        ),
      );
    for (const [task, after] of [
      ['load', ''],
      ['left', 'load'],
      ['right', 'load'],
      ['end', 'left,right,sensor'],
    ])
      await workspace.runUntil(await runOf(task ?? '', after ?? ''));
    await open('/dags');
    await page.click('tbody th a');
    await page.waitForURL(/\/dags\/graph\/runs\/g1\?environment=dev$/);
    assert.equal(await page.evaluate(`document.querySelectorAll('svg .edge').length`), 6);
    assert.equal(await text('.absent text'), 'sensor');
    await page.evaluate(`document.querySelector('svg a.good:last-of-type').focus()`);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/jobs\/\d+\/runs\/\d+$/);
    assert.equal(await text('h1'), 'end');
  });

  it('run nothing that a script prints or a tag says', async () => {
    const id = await workspace.submit(HOSTILE, {
      ...tagged(HOSTILE_TAGS),
      top: { run_name: '<script>window.hurt=1</script>' },
      task: { task_key: 'main' },
    });
    const { job_id } = await workspace.runUntil(id);
    await open('/');
    await page.click(`tr th a[href="/jobs/${job_id}/runs/${id}"]`);
    await says('#log', '<img src=x onerror');
    await says('#log', '\ufffdgnp.exe');
    await page.click('.facts a[href*="/runs/"]');
    await says('svg', '</text><script>');
    await page.click('.facts a');
    for (const path of ['/', '/dags']) await open(path);
    assert.equal(await page.evaluate(`String(window.hurt)`), 'undefined');
    assert.deepEqual(problems, []);
  });

  it('can be used by the keyboard alone', async () => {
    await open('/');
    const focused = (): Promise<string> =>
      page.evaluate(`(document.activeElement.textContent || document.activeElement.name).trim()`);
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Skip to the content');
    await page.keyboard.press('/');
    assert.equal(await focused(), 'text');
    const seen = new Set<string>();
    for (let count = 0; count < 9; count += 1) {
      await page.keyboard.press('Tab');
      seen.add(await focused());
      const outline = await page.evaluate<string>(`getComputedStyle(document.activeElement).outlineStyle`);
      assert.notEqual(outline, 'none', await focused());
    }
    for (const name of ['team', 'dag', 'Show']) assert.ok(seen.has(name), `${name} in ${[...seen].join()}`);
  });

  it('fit a phone, are readable in light and dark, and sound to who cannot see them', async () => {
    const axe = axeScript();
    await succeedWithFailures();
    const run = await workspace.call<{ runs: { job_id: number; run_id: number }[] }>(
      'GET',
      '/api/2.2/jobs/runs/list',
    );
    const { job_id, run_id } = run.body.runs[0] ?? {};
    const paths = [
      '/',
      '/dags',
      '/dags/graph',
      '/dags/graph/runs/g1?environment=dev',
      '/jobs',
      '/artifacts',
      '/tables',
      '/policies',
      `/jobs/${job_id}/runs/${run_id}`,
    ];
    for (const path of paths) {
      await page.setViewportSize({ width: 390, height: 844 });
      await open(path);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, path);
      await page.setViewportSize({ width: 1280, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await judged(axe), [], `${path} ${colorScheme}`);
      }
    }
  });
  /** The run with the longest words for its state. */
  const succeedWithFailures = async (): Promise<void> => {
    const file = join(temporaryFolder(), 'fails.py');
    writeFileSync(file, 'import sys; sys.exit(sys.argv[1:] == ["fail"])');
    const task = (task_key: string, ...parameters: string[]): object => ({
      task_key,
      new_cluster: plainCluster,
      spark_python_task: { python_file: file, parameters },
    });
    const end = { ...task('end'), depends_on: [{ task_key: 'first' }], run_if: 'ALL_DONE' };
    const { body } = await workspace.call<{ run_id: number }>('POST', '/api/2.2/jobs/runs/submit', {
      run_name: 'a-name-without-any-place-to-break-it-at',
      tasks: [task('first', 'fail'), end],
    });
    const { state } = await workspace.runUntil(body.run_id);
    assert.equal(state.result_state, 'SUCCESS_WITH_FAILURES');
  };
  const judged = (axe: string): Promise<string[]> =>
    page.evaluate(`(async () => {
      ${axe}
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html).join(' | ').slice(0, 300));
    })()`);

  it('show nothing to who may see nothing, and end a session for good', async () => {
    workspace.user('otto@example.com', 'market');
    const otto = await signIn('otto@example.com');
    const mine = page;
    page = otto.page;
    for (const path of ['/', '/dags', '/jobs', '/policies']) {
      await open(path);
      assert.equal(await page.evaluate(`document.querySelectorAll('tbody a').length`), 0, path);
    }
    await open('/dags/graph/runs/g1?environment=dev');
    assert.match(await text('h1'), /^There is no run g1 of a DAG graph in dev that you may see\.$/);
    await page.click('.who button');
    await page.waitForURL(/\/login$/);
    await open('/');
    assert.equal(await text('h1'), 'Sign in');
    await otto.window.close();
    page = mine;
    await window.close();
  });
});
