import { strict as assert } from 'node:assert';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishProject } from '../../engines/local/published-project.ts';
import { temporaryFolder } from '../../setup.ts';
import { begin, endSpawned, type Finished, type Spawned } from '../spawned-hermes.ts';

const observations = (words: string): string => `import sys\nprint('${words}', *sys.argv[1:], flush=True)\n`;
const WAIT =
  "import pathlib, sys, time\nprint('waiting', flush=True)\nwhile not pathlib.Path(sys.argv[1]).exists():\n    time.sleep(0.02)\n";

describe('repeating and watching recorded runs, by the command line', () => {
  let folder = '';
  let store = '';

  before(async () => {
    folder = temporaryFolder();
    mkdirSync(join(folder, '.hermes'));
    writeFileSync(join(folder, '.hermes', 'embedded.json'), '{}');
    writeFileSync(join(folder, 'hermes.yaml'), 'hermes: ^1.0\nteam: weather\n');
    store = join(folder, '.hermes', 'artifacts', 'dev');
    await publish('1.0.0', 'first');
    const hold = `{ project_name: observations, script_name: wait, parameters: ["${join(folder, 'go')}"] }`;
    const show = '{ project_name: observations, parameters: ["{{ ds }}", "{{ params.city }}"] }';
    writeFileSync(
      join(folder, 'seattle.dag.yaml'),
      `dag: seattle\nteam: weather\nparams: { city: Seattle }\ntasks:\n  hold:\n    hermes: ${hold}\n  show:\n    after: [hold]\n    hermes: ${show}\n`,
    );
  });
  after(async () => {
    endSpawned();
    await hermes('workspace', 'stop');
  });

  const publish = (version: string, words: string): Promise<void> =>
    publishProject(store, {
      team: 'weather',
      name: 'observations',
      version,
      scripts: { observations: observations(words), wait: WAIT },
    });
  const start = (...args: string[]): Spawned => begin(folder, args);
  const hermes = (...args: string[]): Promise<Finished> => start(...args).finished;
  const last = async () => JSON.parse((await hermes('runs', 'show', '--json')).stdout);

  it('follow a DAG run of another process by its record, to its end', async () => {
    const args = ['--run-id', 'night', '--logical-date', '2026-01-31', '--param', 'city=Bergen'];
    const run = start('dag', 'run', 'seattle.dag.yaml', ...args);
    await run.seen('RUNNING');
    const watch = start('runs', 'watch', 'night');
    await watch.seen('RUNNING');
    const early = await hermes('runs', 'rerun', 'night');
    assert.deepEqual(
      [early.code, early.stderr],
      [
        2,
        'Cannot repeat task hold of run night: it has not ended yet\nWait for it with: hermes runs watch night. Or end it with: hermes runs cancel night\n',
      ],
    );
    writeFileSync(join(folder, 'go'), '');
    const [{ stdout, stderr }, ended] = await Promise.all([run.finished, watch.finished]);
    assert.equal(ended.code, 0, ended.stdout + ended.stderr + stderr);
    const lines = (text: string) => text.split('\n').filter((line) => /✓|pinned/.test(line));
    assert.deepEqual(lines(ended.stdout), lines(stdout));
    assert.match(ended.stdout, /\n2 tasks: 2 ok · /);
  });

  it('repeat it as it was, whatever is published meanwhile', async () => {
    rmSync(join(store, 'weather', 'observations', 'latest.json'));
    await publish('2.0.0', 'second');
    const rerun = await hermes('runs', 'rerun', 'seattle/night', '--task', 'show');
    assert.equal(rerun.code, 0, rerun.stderr);
    assert.equal(rerun.stderr, 'Repeats run night of seattle for 2026-01-31T00:00:00.000Z, as it was.\n');
    assert.equal((await hermes('runs', 'logs')).stdout, 'first 2026-01-31 Bergen\n');
    const { rerunOf, tasks, runId } = await last();
    assert.deepEqual([rerunOf, tasks.length], ['night', 1]);
    assert.match((await hermes('runs', 'show')).stdout, /\n {2}repeats night\n/);
    const byLink = await hermes('runs', 'rerun', tasks[0].url);
    assert.ok(byLink.stderr.startsWith(`Repeats run ${runId} of seattle`), byLink.stderr);
  });

  it('take the versions of the present when asked, and options of the moment', async () => {
    const rerun = await hermes('runs', 'rerun', 'night', '--latest', '--task', 'show');
    assert.equal(rerun.code, 0, rerun.stderr);
    assert.equal(
      rerun.stderr,
      'Repeats run night of seattle for 2026-01-31T00:00:00.000Z. Otherwise than then:\n  show: observations 1.0.0 → 2.0.0\n',
    );
    assert.equal((await hermes('runs', 'logs')).stdout, 'second 2026-01-31 Bergen\n');
    const set = ['--task', 'show', '--set', 'show.script_version=2.0.0', '--set', 'show.parameters=[x]'];
    await hermes('runs', 'rerun', 'night', ...set);
    assert.equal((await hermes('runs', 'logs')).stdout, 'second x\n');
    const other = await hermes('runs', 'rerun', 'night', '--task', 'show', '--set', 'hold.retries=1');
    assert.deepEqual(
      [other.code, other.stderr],
      [
        2,
        'Cannot set an option of task hold: only show is to be repeated\nAdd --task hold, or leave the --set out.\n',
      ],
    );
    const dry = await hermes('runs', 'rerun', 'night', '--dry-run', '--json');
    const requests = dry.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      requests.slice(1).map(({ task, pin }) => [task, pin.version]),
      [
        ['hold', '1.0.0'],
        ['show', '1.0.0'],
      ],
    );
  });

  it('are found by a link of before the workspace moved to another port', async () => {
    const { tasks, runId } = await last();
    const moved = tasks[0].url.replace(/:\d+/, ':9');
    const known = await hermes('runs', 'show', moved, '--json');
    assert.equal(JSON.parse(known.stdout).runId, runId);
    assert.match(
      known.stderr,
      /^The link is of http:\/\/127\.0\.0\.1:9, where nothing answers: taken for run \d+ of this folder, at http:\S+\.\n$/,
    );
    const ofOtherJob = await hermes('runs', 'rerun', moved.replace(/jobs\/\d+/, 'jobs/77777'), '--dry-run');
    assert.match(
      ofOtherJob.stderr,
      /\nCannot open the link \[workspace=\S+\]: it names run \d+ of job 77777, and/,
    );
    const unknown = await hermes('runs', 'show', moved.replace(/runs\/\d+/, 'runs/99999'));
    assert.equal(unknown.code, 2);
    assert.match(
      unknown.stderr,
      /^The link is of http:\/\/127\.0\.0\.1:9; the workspace of this machine is at http:\S+ at present\.\nCannot read run 99999/,
    );
  });

  it('say before anything starts that artifacts are gone', async () => {
    const { runId } = await last();
    const script = join(store, 'weather', 'observations', '1.0.0', 'observations-1.0.0.py');
    rmSync(script);
    const rerun = await hermes('runs', 'rerun', 'night');
    assert.deepEqual(
      [rerun.code, rerun.stdout, rerun.stderr],
      [
        2,
        '',
        `Cannot repeat run night as it was: file://${script} is gone\nRepeat it with what is published at present: hermes runs rerun night --latest\n`,
      ],
    );
    assert.equal((await last()).runId, runId);
  });
});
