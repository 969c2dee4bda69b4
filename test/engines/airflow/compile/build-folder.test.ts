import assert from 'node:assert/strict';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../../../src/core/errors.ts';
import { applyBuild, readBuildFolder } from '../../../../src/engines/airflow/compile/build-folder.ts';
import { BUILD_INDEX, type BuildForm } from '../../../../src/engines/airflow/compile/build-index.ts';
import { type BuildChange, compareBuilds } from '../../../../src/engines/airflow/compile/compare-builds.ts';
import { type BuildFiles, planBuild } from '../../../../src/engines/airflow/compile/plan-build.ts';
import { planPythonBuild } from '../../../../src/engines/airflow/compile/plan-python-build.ts';
import { temporaryFolder } from '../../../setup.ts';

function build(ids: readonly string[], form: BuildForm = 'manifest', more = ''): BuildFiles {
  const dags = ids.map((dagId) => {
    const dag = {
      dag_id: dagId,
      schedule: null,
      timezone: 'UTC',
      owner: 'o',
      options: {},
      requests: {},
      tasks: [],
    };
    return { dagId, line: JSON.stringify({ ...dag, more }), source: `dags/${dagId}.dag.yaml` };
  });
  return form === 'python' ? planPythonBuild(dags) : planBuild(dags);
}

function plan(folder: string, files: BuildFiles): BuildChange {
  return compareBuilds(files, readBuildFolder(folder, files, 'build'), 'build');
}

async function write(folder: string, files: BuildFiles): Promise<BuildChange> {
  const change = plan(folder, files);
  await applyBuild(folder, files, change);
  return change;
}

function contents(folder: string): ReadonlyMap<string, string> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('the folder of a build', () => {
  it('holds the build and nothing else of Hermes, whatever form or shards were there before', async () => {
    const folder = join(temporaryFolder(), 'build');
    const many = Array.from({ length: 300 }, (_, index) => `dag_${index}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'by_hand.py'), 'x = 1\n');
    for (const files of [
      build(many),
      build(['a', 'b']),
      build(['a', 'c'], 'python'),
      build([]),
      build(['b']),
    ]) {
      await write(folder, files);
      const found = new Map(contents(folder));
      assert.equal(found.get('by_hand.py'), 'x = 1\n');
      found.delete('by_hand.py');
      assert.deepEqual(new Map([...found].sort()), new Map([...files].sort()));
    }
  });

  it('says what becomes of each DAG, and leaves files alone that are as they should be', async () => {
    const folder = temporaryFolder();
    await write(folder, build(['a', 'b']));
    const { dags, write: written } = await write(folder, build(['b', 'c'], 'manifest', 'x'));
    assert.deepEqual(dags, { added: ['c'], changed: ['b'], removed: ['a'], unchanged: [] });
    assert.deepEqual(written, ['hermes_dags_0.json', BUILD_INDEX]);
    assert.deepEqual(plan(folder, build(['b', 'c'], 'manifest', 'x')).write, []);
  });

  it('makes a loader look changed when its manifest did, and only then, for Airflow to read it again', async () => {
    const folder = temporaryFolder();
    const loader = join(folder, 'hermes_dags_0.py');
    const longAgo = new Date(0);
    await write(folder, build(['a']));
    utimesSync(loader, longAgo, longAgo);
    await write(folder, build(['a']));
    assert.equal(statSync(loader).mtimeMs, 0);
    await write(folder, build(['b']));
    assert.ok(statSync(loader).mtimeMs > 0);
  });

  it('lets each DAG join its new file before it leaves the old one, and removes a loader before its manifest', async () => {
    const folder = temporaryFolder();
    const many = Array.from({ length: 300 }, (_, index) => `dag_${index}`);
    await write(folder, build(many.slice(0, 200)));
    const { write: grown } = await write(folder, build(many));
    const names = ['hermes_dags_1.json', 'hermes_dags_1.py', 'hermes_dags_0.json', BUILD_INDEX];
    assert.deepEqual(grown.toSorted(), names.toSorted());
    assert.deepEqual(grown.slice(0, 2), names.slice(0, 2));
    assert.deepEqual(plan(folder, build(['a'])).remove, ['hermes_dags_1.py', 'hermes_dags_1.json']);
  });

  it('finishes what an earlier compile could not, and then still tells what changed', async () => {
    const folder = temporaryFolder();
    await write(folder, build(['a', 'b'], 'python'));
    const next = build(['b', 'c'], 'python');
    const names = [...next.keys()].filter((name) => name !== BUILD_INDEX);
    const change = plan(folder, next);
    // The writing of `c.py` fails: a folder lies where it belongs.
    mkdirSync(join(folder, 'c.py'));
    await assert.rejects(applyBuild(folder, next, change));
    writeFileSync(join(folder, 'd.py'), 'of somebody else');
    rmdirSync(join(folder, 'c.py'));
    const again = await write(folder, next);
    assert.deepEqual(again.dags, { added: ['c'], changed: [], removed: ['a'], unchanged: ['b'] });
    assert.deepEqual(readdirSync(folder).sort(), [...names, BUILD_INDEX, 'd.py'].sort());
  });

  it('takes no file of somebody else, and says what to do', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.py'), 'x = 1\n');
    writeFileSync(join(folder, 'hermes_dags_7.py'), 'x = 1\n');
    const refused = (files: BuildFiles) => () => plan(folder, files);
    const message = (names: string): string =>
      `Cannot compile into build: it holds ${names}, which no ${BUILD_INDEX} there lists as Hermes' own.`;
    const nextStep =
      'Move it away if it is yours, delete it if it is not, or choose another folder with --out.';
    const code = 'HERMES_BUILD_FOREIGN';
    assert.throws(refused(build(['a'], 'python')), {
      message: message('a.py, hermes_dags_7.py'),
      nextStep,
      code,
    });
    assert.throws(refused(build(['a'])), { message: message('hermes_dags_7.py'), nextStep, code });
  });

  it('writes again what somebody edited, and tells of it', async () => {
    const folder = temporaryFolder();
    await write(folder, build(['a'], 'python'));
    writeFileSync(join(folder, 'a.py'), 'x = 1\n');
    const { edited, write: written } = await write(folder, build(['a'], 'python'));
    assert.deepEqual([edited, written], [['a.py'], ['a.py']]);
    assert.equal(contents(folder).get('a.py'), build(['a'], 'python').get('a.py'));
  });

  it('says so when it is a file', () => {
    const file = join(temporaryFolder(), 'build');
    writeFileSync(file, '');
    assert.throws(() => plan(file, build(['a'])), {
      message: 'Cannot compile into build: a file lies where a folder belongs.',
      nextStep: 'Choose a folder with --out.',
    });
  });

  it('refuses an index that it did not write, above all one that names files elsewhere', () => {
    const folder = temporaryFolder();
    const reasons = {
      'not JSON': 'it is not what Hermes wrote',
      '{"format":1,"dags":{},"files":{"../../etc/passwd":""}}': 'it is not what Hermes wrote',
      '{"format":2,"builder":"9.1.0"}':
        'it was written by Hermes 9.1.0, in a form that this version does not know',
    };
    for (const [text, reason] of Object.entries(reasons)) {
      writeFileSync(join(folder, BUILD_INDEX), text);
      assert.throws(
        () => plan(folder, build(['a'])),
        (error) =>
          error instanceof ConfigError &&
          error.message === `Cannot read ${join('build', BUILD_INDEX)}: ${reason}.` &&
          error.nextStep ===
            'Bring back the file as it was, delete it with the hermes_… files beside it, or choose another folder with --out.',
      );
    }
  });
});
