import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { operators } from '../../operators/registry.ts';
import { formatProblem } from '../../src/core/problems.ts';
import { describeDag } from '../../src/dag/describe-dag.ts';
import { loadDags } from '../../src/dag/load-dags.ts';
import { temporaryFolder } from '../setup.ts';

const TYPESCRIPT = `import { Dag, HermesOperator } from 'hermes-data-products';

export default new Dag('seattle', {
  schedule: '0 6 * * *', startDate: '2026-01-01', timezone: 'Europe/Madrid', team: 'weather', tags: ['climate'],
  doc: './seattle.md', retries: 1,
}, () => {
  const clean = new HermesOperator({ taskId: 'clean', projectName: 'observations', parameters: ['--day', '{{ ds }}'],
    env: { REGION_name: 'north' }, useDataSharing: false });
  const report = new HermesOperator({ taskId: 'report', projectName: 'observations', scriptName: 'monthly',
    scriptVersion: '1.4.0', libraryVersion: 'none', viewAccessControlList: ['data-engineers'], retries: 2,
    timeoutSeconds: 600, executionTimeoutSeconds: 900, triggerRule: 'all_done' });
  clean.before(report);
});
`;
const YAML = `dag: seattle
schedule: "0 6 * * *"
start_date: 2026-01-01
timezone: Europe/Madrid
team: weather
tags: [climate]
doc: ./seattle.md
retries: 1
tasks:
  clean:
    hermes:
      project_name: observations
      parameters: ["--day", "{{ ds }}"]
      env: { REGION_name: north }
      use_data_sharing: false
  report:
    after: [clean]
    retries: 2
    execution_timeout_seconds: 900
    trigger_rule: all_done
    hermes:
      project_name: observations
      script_name: monthly
      script_version: 1.4.0
      library_version: none
      view_access_control_list: [data-engineers]
      timeout_seconds: 600
`;
const SMALL = (id: string) => `dag: ${id}\nteam: weather\ntasks: {a: {hermes: {project_name: x}}}\n`;

async function load(files: Readonly<Record<string, string>>, ...paths: readonly string[]) {
  const cwd = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  const { dags, problems } = await loadDags(paths, { operators, cwd });
  return { dags, problems: problems.map(formatProblem) };
}

describe('loading DAG files', () => {
  it('gives the same DAG for the same meaning in TypeScript and in YAML', async () => {
    const files = { 'dags/a.dag.ts': TYPESCRIPT, 'dags/b.dag.yaml': YAML, 'dags/seattle.md': '# Seattle' };
    const { dags, problems } = await load(files, 'dags');
    assert.deepEqual(problems, []);
    const [first, second] = dags;
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual(describeDag(first.dag), describeDag(second.dag));
    assert.deepEqual([first.documentation, second.documentation], ['# Seattle', '# Seattle']);
  });

  it('finds the files of a folder and of its subfolders, in the order of their names', async () => {
    const { dags } = await load(
      {
        'dags/b.dag.yaml': SMALL('b'),
        'dags/a/c.dag.yml': SMALL('c'),
        'dags/notes.yaml': 'no: dag',
        'dags/.hidden/d.dag.yaml': SMALL('d'),
        'dags/node_modules/e.dag.yaml': SMALL('e'),
      },
      'dags',
      'dags/b.dag.yaml',
    );
    assert.deepEqual(
      dags.map(({ shownFile }) => shownFile),
      ['dags/a/c.dag.yml', 'dags/b.dag.yaml'],
    );
  });

  it('refuses an id that stands for two different DAGs', async () => {
    const other = SMALL('one').replace('project_name: x', 'project_name: y');
    const { problems } = await load({ 'a.dag.yaml': SMALL('one'), 'b.dag.yaml': other }, '.');
    assert.deepEqual(problems, [
      'b.dag.yaml:1:1  The DAG id "one" is taken by another DAG in a.dag.yaml. Airflow keeps one DAG of an id.',
    ]);
  });

  it('tells of an id that is taken, and of documentation that is missing, beside the other mistakes of a file', async () => {
    const faulty = `${SMALL('one')}doc: ./none.md\n`.replace('{a:', '{resolve_artifacts:');
    const { problems } = await load({ 'a.dag.yaml': SMALL('one'), 'b.dag.yaml': faulty }, '.');
    assert.deepEqual(problems, [
      'b.dag.yaml:3:9  The task id "resolve_artifacts" is taken: Hermes gives it to the task that resolves versions.',
      'b.dag.yaml:1:1  doc names ./none.md, which cannot be read. The path counts from the folder of the DAG file.',
      'b.dag.yaml:1:1  The DAG id "one" is taken by another DAG in a.dag.yaml. Airflow keeps one DAG of an id.',
    ]);
    const copies = await load({ 'a.dag.yaml': faulty, 'b.dag.yaml': faulty }, '.');
    assert.equal(copies.problems.filter((problem) => problem.includes('The DAG id')).length, 0);
  });

  it('says which paths it cannot load, and loads the others', async () => {
    const { dags, problems } = await load(
      { 'a.dag.yaml': SMALL('a'), 'b.dag.yaml': `${SMALL('b')}doc: ./none.md\n`, 'c.py': '' },
      'a.dag.yaml',
      'b.dag.yaml',
      'c.py',
      'nowhere',
    );
    assert.deepEqual(
      dags.map(({ dag }) => dag.dagId),
      ['a'],
    );
    assert.deepEqual(problems, [
      'c.py  This is no DAG file: its name must end in .dag.ts, .dag.yaml, .dag.yml.',
      'nowhere  There is no such file or folder.',
      'b.dag.yaml:1:1  doc names ./none.md, which cannot be read. The path counts from the folder of the DAG file.',
    ]);
  });

  it('judges the other files beside one that cannot be read', async () => {
    const cwd = temporaryFolder();
    symlinkSync('nowhere.yaml', join(cwd, 'broken.dag.yaml'));
    symlinkSync('nowhere.ts', join(cwd, 'broken.dag.ts'));
    writeFileSync(join(cwd, 'sound.dag.yaml'), YAML.replace('doc: ./seattle.md\n', ''));
    const { dags, problems } = await loadDags(['.'], { operators, cwd });
    assert.deepEqual(
      dags.map(({ shownFile }) => shownFile),
      ['sound.dag.yaml'],
    );
    assert.deepEqual(problems.map(formatProblem), [
      'broken.dag.ts  This link leads nowhere: there is no nowhere.ts.',
      'broken.dag.yaml  This link leads nowhere: there is no nowhere.yaml.',
    ]);
  });
});
