import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hermes } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';

const TYPESCRIPT = `import { Dag, HermesOperator } from 'hermes-data-products';
export default new Dag('seattle', { schedule: '0 6 * * *', team: 'weather', description: 'Climate', startDate: '2026-01-01' }, () => {
  const clean = new HermesOperator({ taskId: 'clean', projectName: 'observations' });
  const check = new HermesOperator({ taskId: 'check', projectName: 'observations', scriptName: 'quality', libraryVersion: 'none' });
  const report = new HermesOperator({ taskId: 'report', projectName: 'observations', retries: 1, retryDelaySeconds: 10 });
  clean.before(check, report);
  check.before(report);
});
`;
const YAML = `dag: byhand
team: weather
tasks:
  only: { hermes: { project_name: observations, script_version: feature/x } }
`;

function repository(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, 'dags'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe('hermes dag check', () => {
  it('prints one line for each DAG of the folder dags, and nothing on stderr', async () => {
    const folder = repository({ 'dags/a.dag.ts': TYPESCRIPT, 'dags/b.dag.yaml': YAML });
    const { exitCode, stdout, stderr } = await hermes(folder, ['dag', 'check']);
    assert.equal(stderr, '');
    const lines = stdout.replace(/next \S+ 06:00 UTC/, 'next DAY 06:00 UTC').split('\n');
    assert.deepEqual(lines, [
      '✓ seattle  3 tasks  every day at 06:00, UTC  next DAY 06:00 UTC  dags/a.dag.ts',
      '✓ byhand   1 task   by hand                                             dags/b.dag.yaml',
      '2 DAGs, no problems',
      '',
    ]);
    assert.equal(exitCode, 0);
  });

  it('prints all problems below each other, their number, and ends with 2', async () => {
    const folder = repository({
      'dags/a.dag.ts': TYPESCRIPT.replace('check.before(report)', 'check.before(clean)'),
      'dags/b.dag.yaml': YAML.replace('project_name', 'projct_name'),
    });
    const { exitCode, stdout, stderr } = await hermes(folder, ['dag', 'check']);
    assert.equal(stdout, '');
    assert.deepEqual(stderr.split('\n'), [
      'dags/a.dag.ts:3:17    The tasks wait for each other in a circle: "clean" → "check" → "clean".',
      'dags/b.dag.yaml:4:19  only.project_name is missing.',
      'dags/b.dag.yaml:4:21  only.projct_name is not an option of HermesOperator. Did you mean project_name?',
      '3 problems',
      '',
    ]);
    assert.equal(exitCode, 2);
  });

  it('knows what the environment makes wrong', async () => {
    const folder = repository({ 'dags/b.dag.yaml': YAML });
    const production = await hermes(folder, ['dag', 'check', '--env', 'prod', 'dags/b.dag.yaml']);
    assert.equal(
      production.stderr,
      'dags/b.dag.yaml:4:3  Task "only" asks for the branch feature/x, whose builds exist in development only. Merge it and take latest, or name a version.\n1 problem\n',
    );
    const unknown = await hermes(folder, ['dag', 'check', '--env', 'prd']);
    assert.equal(
      unknown.stderr,
      'There is no environment "prd". Known here: dev, prod.\nDid you mean prod?\n',
    );
    assert.deepEqual([production.exitCode, unknown.exitCode], [2, 2]);
  });

  it('says what to do where there are no DAG files', async () => {
    const folder = temporaryFolder();
    const { stderr, exitCode } = await hermes(folder, ['dag', 'check']);
    assert.equal(
      stderr,
      `Cannot find DAG files [folder=${folder}]: no folder dags and no *.dag.ts or *.dag.yaml is here.\nName a file or a folder, or go into the Airflow repository of the team.\n`,
    );
    assert.equal(exitCode, 2);
  });
});

describe('hermes dag show', () => {
  it('draws the tasks in their order, with what they run', async () => {
    const folder = repository({ 'dags/a.dag.ts': TYPESCRIPT });
    const { stdout, stderr } = await hermes(folder, ['dag', 'show', 'dags/a.dag.ts']);
    assert.equal(stderr, '');
    assert.deepEqual(stdout.replace(/next runs .*/, 'next runs …').split('\n'), [
      'seattle · every day at 06:00, UTC · team weather',
      '  Climate',
      '  next runs …',
      '  dates      from 2026-01-01',
      '  catchup    no',
      '  at once    up to 16 runs',
      '  tags       compaas-service:hermes',
      '  tasks',
      '    clean         observations latest',
      '    └─ check      observations/quality latest, no wheel',
      '       └─ report  observations latest · 1 more try after 10 s  also after clean',
      '',
    ]);
  });

  it('prints the ids of the tasks alone when asked to be quiet', async () => {
    const folder = repository({ 'dags/a.dag.ts': TYPESCRIPT });
    const { stdout } = await hermes(folder, ['dag', 'show', 'dags/a.dag.ts', '--quiet']);
    assert.deepEqual(stdout.trim().split('\n').toSorted(), ['check', 'clean', 'report']);
  });

  it('prints what a task would submit, for people and for programs', async () => {
    const folder = repository({ 'dags/a.dag.ts': TYPESCRIPT });
    const text = await hermes(folder, ['dag', 'show', 'dags/a.dag.ts', '--task', 'report']);
    assert.match(text.stdout, /^run_name: seattle\.report\ntasks:\n {2}- task_key: report\n/);
    const object = await hermes(folder, ['dag', 'show', 'dags/a.dag.ts', '--task', 'report', '--json']);
    const submit: { run_name: string; queue: object } = JSON.parse(object.stdout);
    assert.deepEqual([submit.run_name, submit.queue], ['seattle.report', { enabled: true }]);
    const wrong = await hermes(folder, ['dag', 'show', 'dags/a.dag.ts', '--task', 'reprot']);
    assert.equal(
      wrong.stderr,
      'DAG seattle has no task "reprot". Tasks: clean, check, report.\nDid you mean report?\n',
    );
  });
});
