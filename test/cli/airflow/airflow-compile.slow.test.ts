import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

  it('writes nowhere among the DAG files, but into a folder that git ignores', async () => {
    const folder = repository({ 'one.dag.yaml': sound('one') });
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    writeFileSync(join(folder, '.gitignore'), 'build/\n');
    for (const [words, out, path] of [
      [[], '.', 'dags'],
      [[], 'dags', 'dags'],
      [[], 'dags/sub', 'dags'],
      [['dags/one.dag.yaml'], 'dags', 'dags/one.dag.yaml'],
      [['.'], 'other', '.'],
    ] as const) {
      const { code, stderr } = await compile(folder, ...words, '--out', out);
      assert.equal(code, 2);
      assert.ok(
        stderr.includes(
          `Cannot compile into ${out}: the DAG files of ${path} are read there.\nChoose a folder of its own with --out, such as build.`,
        ),
        stderr,
      );
    }
    assert.deepEqual(readdirSync(folder).sort(), ['.git', '.gitignore', 'dags']);
    assert.deepEqual(readdirSync(join(folder, 'dags')), ['one.dag.yaml']);
    assert.equal((await compile(folder, '.')).code, 0);
    assert.equal((await compile(folder, 'dags/one.dag.yaml', '--out', 'dags/build')).code, 0);
  });

  it('says that there is no DAG, and takes away the last one', async () => {
    const folder = repository({});
    const nothing = 'There is no DAG to compile: no *.dag.ts and no *.dag.yaml is in dags.\n';
    assert.deepEqual([(await compile(folder)).stdout, readdirSync(folder)], [nothing, ['dags']]);
    const file = join(folder, 'dags', 'one.dag.yaml');
    writeFileSync(file, sound('one'));
    await compile(folder);
    rmSync(file);
    const { stdout, code } = await compile(folder);
    assert.equal(code, 0);
    assert.match(stdout, /^There is no DAG to compile: .*\n {2}- one {2}gone\n0 DAGs: 1 removed · 1 file, /);
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
