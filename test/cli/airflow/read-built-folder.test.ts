import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBuiltFolder } from '../../../src/cli/airflow/read-built-folder.ts';
import { Cli } from '../../../src/cli/cli.ts';
import { sha256Hex } from '../../../src/core/sha256.ts';
import { BUILD_INDEX, renderBuildIndex } from '../../../src/engines/airflow/compile/build-index.ts';
import { planBuild } from '../../../src/engines/airflow/compile/plan-build.ts';
import { temporaryFolder } from '../../setup.ts';

const LOADER = 'hermes_dags_0.py';
const MANIFEST = 'hermes_dags_0.json';

describe('a compiled folder that is to be deployed', () => {
  let folder = '';
  const read = () => readBuiltFolder(new Cli({}, folder), '.');
  const refusal = (reason: string) => ({
    code: 'HERMES_BUILD_FOLDER',
    message: `Cannot deploy the build in .: ${reason}.`,
    nextStep: 'Compile it again, with the same version of Hermes: hermes airflow compile',
  });
  const change = (name: string, edit: (text: string) => string): void => {
    const path = join(folder, name);
    writeFileSync(path, edit(readFileSync(path, 'utf8')));
  };
  /** As somebody does who knows how the index works. */
  const forge = (name: string, edit: (text: string) => string): void => {
    change(name, edit);
    change(BUILD_INDEX, (text) => {
      const index = JSON.parse(text);
      const hash = sha256Hex(readFileSync(join(folder, name), 'utf8'));
      return renderBuildIndex({ ...index, files: { ...index.files, [name]: hash } });
    });
  };

  beforeEach(() => {
    folder = temporaryFolder();
    const dags = ['one', 'two'].map((dagId) => {
      const line = JSON.stringify({ dag_id: dagId });
      return { dagId, line, sha256: sha256Hex(line), source: `dags/${dagId}.dag.yaml` };
    });
    for (const [name, text] of planBuild(dags)) writeFileSync(join(folder, name), text);
  });

  it('is read when it is what this Hermes compiles', () => {
    assert.deepEqual([...read().keys()].sort(), [BUILD_INDEX, MANIFEST, LOADER].sort());
  });

  it('is refused when a file is missing or differs', () => {
    change(MANIFEST, (text) => text.replace('one', 'eno'));
    assert.throws(read, refusal(`${MANIFEST} is not what was compiled`));
    rmSync(join(folder, MANIFEST));
    assert.throws(read, refusal(`${MANIFEST} is missing`));
    rmSync(join(folder, BUILD_INDEX));
    assert.throws(read, refusal(`it holds no ${BUILD_INDEX}`));
  });

  it('brings no Python into Airflow but the loader of this Hermes, whatever its index says', () => {
    forge(LOADER, (text) => `import os\n${text}`);
    const reason = `${LOADER} is not what Hermes 1.0.0 writes for these DAGs; they were compiled by 1.0.0`;
    assert.throws(read, refusal(reason));
  });

  it('brings no further file, and no DAG that the index does not tell of', () => {
    writeFileSync(join(folder, 'extra.py'), '');
    forge('extra.py', () => 'import os\n');
    assert.throws(read, {
      code: 'HERMES_BUILD_FOLDER',
      message: /: extra\.py is not what Hermes 1\.0\.0 writes for these DAGs;/,
    });
    rmSync(join(folder, 'extra.py'));
    change(BUILD_INDEX, (text) => text.replace(/,\n {2}"extra\.py": "[0-9a-f]+"/, ''));
    assert.equal(read().size, 3);
    forge(MANIFEST, (text) => text.replace('[\n', '[\n{"dag_id":"hidden"},\n'));
    assert.throws(read, { code: 'HERMES_BUILD_FOLDER' });
    forge(MANIFEST, (text) => text.replace('{"dag_id":"hidden"}', '{]'));
    assert.throws(read, refusal('a manifest holds a line that is no DAG'));
  });
});
