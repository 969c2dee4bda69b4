import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../setup.ts';
import { begin, type Finished } from '../spawned-hermes.ts';

function compile(folder: string, ...args: string[]): Promise<Finished> {
  return begin(folder, ['airflow', 'compile', ...args]).finished;
}

function repository(dags: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'dags'));
  for (const [name, text] of Object.entries(dags)) writeFileSync(join(folder, 'dags', name), text);
  return folder;
}

const sound = (id: string): string =>
  `dag: ${id}\nteam: weather\ntasks: { a: { hermes: { project_name: p } } }\n`;

describe('hermes airflow compile', () => {
  it('writes the folder build, says what changed, and then has nothing to do', async () => {
    const folder = repository({ 'one.dag.yaml': sound('one'), 'two.dag.yaml': sound('two') });
    const first = await compile(folder);
    assert.match(
      first.stdout,
      /^ {2}\+ one {2}dags\/one\.dag\.yaml\n {2}\+ two {2}dags\/two\.dag\.yaml\n2 DAGs: 2 added · 3 files, \d+ kB in build\n$/,
    );
    assert.deepEqual(readdirSync(join(folder, 'build')).sort(), [
      'hermes-build.json',
      'hermes_dags_0.json',
      'hermes_dags_0.py',
    ]);
    const second = await compile(folder, '--check');
    assert.match(second.stdout, /^2 DAGs: 2 unchanged · 3 files, \d+ kB in build, nothing to write\n$/);
    assert.equal(second.code, 0);
  });

  it('tells every mistake at once and writes nothing', async () => {
    const folder = repository({ 'one.dag.yaml': sound('one') });
    const faulty = {
      'two.dag.yaml': `${sound('two')}retires: 1\nowner: 7\n`,
      'three.dag.yaml': sound('one').replace('p }', 'q }'),
    };
    for (const [name, text] of Object.entries(faulty)) writeFileSync(join(folder, 'dags', name), text);
    const { code, stderr } = await compile(folder);
    assert.equal(code, 2);
    assert.match(stderr, /two\.dag\.yaml:4:1 .*retires is not an option of a DAG/);
    assert.match(stderr, /two\.dag\.yaml:5:8 .*owner must be a text/);
    assert.match(stderr, /three\.dag\.yaml|one\.dag\.yaml/);
    assert.equal(existsSync(join(folder, 'build')), false);
  });

  it('fails with --check when the folder is not what the DAG files say, and leaves it so', async () => {
    const folder = repository({ 'one.dag.yaml': sound('one') });
    const { code, stdout, stderr } = await compile(
      folder,
      '--check',
      '--json',
      '--format',
      'python',
      '--out',
      'x',
    );
    assert.equal(code, 1);
    assert.equal(existsSync(join(folder, 'x')), false);
    assert.match(stderr, /The build in x is not that of the DAG files\./);
    const { added, written, form } = JSON.parse(stdout.split('\n')[0] ?? '');
    assert.deepEqual([form, added, written.length], ['python', ['one'], 4]);
  });
});
