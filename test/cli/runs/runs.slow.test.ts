import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishProject } from '../../engines/local/published-project.ts';
import { printedObjects } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace } from '../../workspace/workspace-harness.ts';
import { endSpawned, type Finished, type Spawned, begin as spawnHermes } from '../spawned-hermes.ts';

const SCRIPTS = {
  observations: "import sys\nprint('hello', *sys.argv[1:], flush=True)\n",
  wait: "import pathlib, sys, time\nprint('waiting', flush=True)\nwhile not pathlib.Path(sys.argv[1]).exists():\n    time.sleep(0.02)\nprint('done')\n",
  lines: "raise ValueError('boom\\nsecond')\n",
  monthly: "def f(d):\n    return d['tempMax']\nprint('reading')\nf({})\n",
};

describe('runs on this machine, by the command line', () => {
  let folder = '';

  before(async () => {
    folder = temporaryFolder();
    mkdirSync(join(folder, '.hermes'));
    writeFileSync(join(folder, '.hermes', 'embedded.json'), '{}');
    writeFileSync(join(folder, 'hermes.yaml'), 'hermes: ^1.0\nteam: weather\n');
    const project = { team: 'weather', name: 'observations', version: '1.5.0', scripts: SCRIPTS };
    await publishProject(join(folder, '.hermes', 'artifacts', 'dev'), project);
  });
  after(async () => {
    endSpawned();
    await hermes('workspace', 'stop');
    await closeWorkspaces();
  });

  const begin = (...args: string[]): Spawned => spawnHermes(folder, args);
  const hermes = (...args: string[]): Promise<Finished> => begin(...args).finished;

  const writeDag = (name: string, flag: string): string => {
    const path = join(folder, `${name}.dag.yaml`);
    const wait = `{ project_name: observations, script_name: wait, parameters: ["${join(folder, flag)}"] }`;
    writeFileSync(
      path,
      `dag: ${name}\nteam: weather\ntasks:\n  hold:\n    hermes: ${wait}\n  last:\n    after: [hold]\n    hermes: { project_name: observations, parameters: ["{{ ds }}"] }\n`,
    );
    return path;
  };

  it('run a script with parameters and keep what it printed', async () => {
    const run = await hermes('run', 'observations', '--version', '1.5.0', '--', '--day', '{{ ds }}', '--x');
    assert.deepEqual([run.code, run.stdout.split('\n').at(-2)?.replace(/·.*/, '')], [0, '1 task: 1 ok ']);
    const logs = await hermes('runs', 'logs');
    assert.match(logs.stdout, /^hello --day \d{4}-\d{2}-\d{2} --x\n$/);
  });

  it('give programs their ids alone', async () => {
    const [{ runId }] = printedObjects((await hermes('runs', 'show', '--json')).stdout) as [
      { runId: string },
    ];
    for (const words of [['list', '--limit', '1'], ['show']])
      assert.equal((await hermes('runs', ...words, '--quiet')).stdout, `${runId}\n`);
    const all = await hermes('runs', 'list', '--workspace', '--quiet');
    assert.match(all.stdout, /^(\d+\n)+$/);
    const [id = ''] = all.stdout.split('\n');
    assert.equal((await hermes('runs', 'show', id, '--quiet')).stdout, `${runId}\n`);
  });

  it('keep errors of several lines in their column, and say why a failed task made no difference', async () => {
    const path = join(folder, 'lines.dag.yaml');
    const hermesOf = (script: string) =>
      `    hermes: { project_name: observations, script_name: ${script} }\n`;
    writeFileSync(
      path,
      `dag: lines\nteam: weather\ntasks:\n  x:\n    retries: 1\n    retry_delay_seconds: 0\n${hermesOf('lines')}  tidy:\n    after: [x]\n    trigger_rule: all_done\n${hermesOf('observations')}`,
    );
    const run = await hermes('dag', 'run', path);
    const counts = 'Counts as success: its last tasks succeeded, as in Airflow.\n';
    assert.deepEqual([run.code, run.stdout.endsWith(counts)], [0, true], run.stdout);
    const { stdout } = await hermes('runs', 'show');
    assert.match(
      stdout,
      /\n {6}attempt 1 {2}ValueError: boom {2}http\S+\n {17}second\n {6}ValueError: boom\n {6}second\n {6}observations\/lines\.py:\d+\n/,
    );
    assert.ok(stdout.endsWith(counts), stdout);
    assert.match(
      (await hermes('runs', 'list', '--limit', '1')).stdout,
      /^success .* 1\/2 ok, 1 failed {2}manual__\S+ {2}\(counts as success: its last tasks succeeded\)\n$/,
    );
  });

  it('are not mixed up with those of another workspace that is up', async () => {
    const other = await openWorkspace();
    const url = `${other.url}/jobs/1/runs/1001`;
    const refused = (configured: string): string =>
      `Cannot open the link [link=${other.url}, configured=${configured}]: it leads to another workspace than the configured one\nWork in its folder by -C FOLDER. Or set DATABRICKS_HOST=${other.url} and a token of yours for it, or name its profile: --profile NAME\n`;
    const { url: own } = JSON.parse(
      readFileSync(join(folder, '.hermes', 'workspace', 'server.json'), 'utf8'),
    );
    for (const words of [['show'], ['logs'], ['watch'], ['cancel'], ['rerun', '--dry-run']]) {
      const { code, stdout, stderr } = await hermes('runs', ...words, url);
      assert.deepEqual([code, stdout, stderr], [2, '', refused(own)]);
    }
  });

  it('end with exit code 1 and the line that failed', async () => {
    const run = await hermes('run', 'observations', '--script', 'monthly');
    assert.equal(run.code, 1);
    assert.match(run.stdout, /KeyError: 'tempMax' {4}observations\/monthly\.py:2\n/);
    assert.match(
      run.stdout,
      /Try a fix from a branch: {2}hermes run observations --branch BRANCH\n1 task: 1 failed/,
    );
    const id = /hermes runs logs (\d+) --tail 50/.exec(run.stdout)?.[1] ?? '';
    assert.match((await hermes('runs', 'logs', id, '--tail', '1')).stdout, /^KeyError: 'tempMax'\n$/);
    assert.match((await hermes('runs', 'show', id)).stdout, /✗ monthly {2}FAILED/);
  });

  it('are cancelled by Ctrl-C, confirmed, and resumed from there', async () => {
    const dag = writeDag('interrupted', 'go1');
    const run = begin('dag', 'run', dag);
    await run.seen('RUNNING');
    run.child.kill('SIGINT');
    const { code, stdout, stderr } = await run.finished;
    assert.equal(code, 1);
    assert.match(stderr, /Interrupted: cancelling[\s\S]*hold: run \d+ has ended: CANCELED\n/);
    assert.match(stdout, /2 tasks: 1 cancelled, 1 not run[\s\S]*Go on with it: hermes dag run --resume\n$/);
    writeFileSync(join(folder, 'go1'), '');
    const resumed = await hermes('dag', 'run', '--resume', '--json');
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(printedObjects(resumed.stdout).at(-1)?.state, 'success');
  });

  it('survive the death of the command and of the workspace, and are adopted', async () => {
    const dag = writeDag('killed', 'go2');
    const run = begin('dag', 'run', dag);
    await run.seen('RUNNING');
    const page = /http:\S+/.exec((await hermes('runs', 'show')).stdout)?.[0] ?? '';
    run.child.kill('SIGKILL');
    await run.finished;
    assert.match((await hermes('runs', 'list', '--limit', '1')).stdout, /^lost {2}killed/);
    process.kill(
      JSON.parse(readFileSync(join(folder, '.hermes', 'workspace', 'server.json'), 'utf8')).pid,
      'SIGKILL',
    );
    writeFileSync(join(folder, 'go2'), '');
    const resumed = await hermes('dag', 'run', '--resume');
    assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr);
    assert.ok(resumed.stdout.includes(page), `${page} is not in ${resumed.stdout}`);
    const task = printedObjects((await hermes('runs', 'show', '--json')).stdout)[0] as {
      tasks: { attempt: number }[];
    };
    assert.deepEqual(
      task.tasks.map(({ attempt }) => attempt),
      [1, 1],
    );
  });

  it('are cancelled as a whole by another process', async () => {
    const run = begin('dag', 'run', writeDag('elsewhere', 'never'));
    await run.seen('RUNNING');
    const cancel = await hermes('runs', 'cancel', 'last');
    assert.deepEqual([cancel.code, cancel.stdout], [0, '  hold  CANCELED\n  last  waiting\n']);
    const { code, stdout, stderr } = await run.finished;
    assert.equal(code, 1);
    assert.match(stderr, /^Asked to end by hermes runs cancel, or SIGTERM: cancelling what is running\.\n/m);
    assert.match(
      stdout,
      /\n {6}ended from outside: hermes runs cancel, or SIGTERM\n {6}Someone cancelled it\. .*\n2 tasks: 1 cancelled, 1 not run · /,
    );
    assert.doesNotMatch(stdout + stderr, /interrupted/i);
    assert.match((await hermes('runs', 'cancel', 'last')).stdout, /had ended already: cancelled\n$/);
    assert.match((await hermes('runs', 'list', '--limit', '1')).stdout, /^cancelled {2}elsewhere/);
    assert.equal(printedObjects((await hermes('runs', 'show', '--json')).stdout)[0]?.state, 'cancelled');
  });

  it('are cancelled while they wait for another attempt, and every command says so', async () => {
    const path = join(folder, 'retry.dag.yaml');
    const monthly = '{ project_name: observations, script_name: monthly }';
    writeFileSync(path, `dag: retry\nteam: weather\ntasks:\n  x:\n    retries: 1\n    hermes: ${monthly}\n`);
    const run = begin('dag', 'run', path);
    await run.seen('RETRY');
    const follow = begin('runs', 'logs', '--follow');
    await follow.seen("KeyError: 'tempMax'");
    assert.match(
      (await hermes('runs', 'show')).stdout,
      /RETRY [^\n]*\n[\s\S]* {6}KeyError: 'tempMax' [^\n]*\n {6}Attempt 1 of 2; the next one in 4m \d\ds\. Last lines: /,
    );
    const watch = begin('runs', 'watch', '--task', 'x');
    await watch.seen('RETRY');
    const alone = await hermes('runs', 'cancel', 'last', '--task', 'x');
    assert.deepEqual([alone.code, alone.stdout], [4, '']);
    assert.match(
      alone.stderr,
      /^Cannot cancel task x alone: it waits for its next attempt\nEnd the whole DAG run with: hermes runs cancel manual__/,
    );
    const cancel = await hermes('runs', 'cancel', 'last');
    assert.deepEqual([cancel.code, cancel.stdout], [0, '  x  CANCELED\n']);
    assert.equal((await run.finished).code, 1);
    assert.equal((await follow.finished).code, 0);
    const watched = await watch.finished;
    assert.deepEqual([watched.code, /\n1 task: 1 cancelled · /.test(watched.stdout)], [1, true]);
    assert.match((await hermes('runs', 'list', '--limit', '1')).stdout, /^cancelled {2}retry/);
    assert.match((await hermes('runs', 'watch')).stdout, /x {2}CANCELED[\s\S]*\n1 task: 1 cancelled · /);
    assert.equal(printedObjects((await hermes('runs', 'show', '--json')).stdout)[0]?.state, 'cancelled');
  });

  it('say what is wrong before anything starts', async () => {
    const missing = await hermes('run', 'observation');
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /published projects observations\.\nDid you mean observations\?\n$/);
    const unknown = await hermes('runs', 'logs', '99999');
    assert.deepEqual([unknown.code, /Run 99999 does not exist/.test(unknown.stderr)], [2, true]);
    const both = await hermes('run', 'observations', '--version', '1', '--branch', 'x');
    assert.equal(
      both.stderr,
      'Cannot take both --version and --branch: each names what to run\nLeave one of them out.\n',
    );
    const real = await hermes('runs', 'logs', 'nonsense');
    assert.equal(real.code, 2);
  });
});
