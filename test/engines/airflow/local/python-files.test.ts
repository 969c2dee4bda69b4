import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyPythonFiles, findPythonFiles } from '../../../../src/engines/airflow/local/python-files.ts';
import { temporaryFolder } from '../../../setup.ts';

describe('Python files of a repository', () => {
  let dags: string;
  let instance: string;

  function write(name: string, text = name): void {
    mkdirSync(dirname(join(dags, name)), { recursive: true });
    writeFileSync(join(dags, name), text);
  }

  const apply = (taken: readonly string[] = []) => applyPythonFiles(instance, findPythonFiles(dags), taken);
  const standing = (): string[] =>
    (readdirSync(join(instance, 'dags'), { recursive: true }) as string[]).sort();

  beforeEach(() => {
    dags = temporaryFolder();
    instance = temporaryFolder();
    mkdirSync(join(instance, 'dags'));
  });

  it('are those that end in .py, but for hidden ones and what Python compiled', () => {
    for (const name of [
      'b.py',
      'a/common.py',
      '.hidden.py',
      '.git/x.py',
      '__pycache__/b.py',
      'a/q.sql',
      'x.dag.yaml',
    ])
      write(name);
    assert.deepEqual(findPythonFiles(dags).names, ['a/common.py', 'b.py']);
    assert.deepEqual(findPythonFiles(join(dags, 'nowhere')).names, []);
  });

  it('are copied as they are, and again only when they changed', async () => {
    write('a/one.py', 'x = "é"\r\n');
    write('two.py');
    await apply();
    assert.equal(readFileSync(join(instance, 'dags', 'a', 'one.py'), 'utf8'), 'x = "é"\r\n');
    const before = ['a/one.py', 'two.py'].map((name) => statSync(join(instance, 'dags', name)).ino);
    write('two.py', 'other');
    await apply();
    const after = ['a/one.py', 'two.py'].map((name) => statSync(join(instance, 'dags', name)).ino);
    assert.equal(after[0], before[0]);
    assert.notEqual(after[1], before[1]);
    assert.equal(readFileSync(join(instance, 'dags', 'two.py'), 'utf8'), 'other');
  });

  it('go when they are gone, with their folders, and nothing else does', async () => {
    write('a/b/one.py');
    write('two.py');
    await apply();
    writeFileSync(join(instance, 'dags', 'hermes_dags_0.py'), '');
    mkdirSync(join(instance, 'dags', 'a', 'b', '__pycache__'));
    rmSync(join(dags, 'a'), { recursive: true });
    await apply(['hermes_dags_0.py']);
    assert.deepEqual(standing(), ['hermes_dags_0.py', 'two.py']);
  });

  it('are refused where Hermes writes a file of the same name', async () => {
    write('hermes_dags_0.py');
    await assert.rejects(apply(['hermes_dags_0.py']), {
      message: 'Cannot hand over the Python file hermes_dags_0.py: Hermes writes a file of that name.',
    });
    assert.deepEqual(standing(), []);
  });
});
