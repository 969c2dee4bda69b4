import assert from 'node:assert/strict';
import { compileYamlFiles } from '../../../../src/engines/airflow/compile/compile-in-threads.ts';
import { compileYaml } from '../../../../src/engines/airflow/compile/compile-yaml.ts';

describe('compiling in several threads', () => {
  it('answers in the order of the files what one thread answers, mistakes among them', async () => {
    const files = Array.from({ length: 610 }, (_, index) => ({
      file: `/dags/${index}.dag.yaml`,
      text: `dag: d${index}\nteam: ${index % 100 === 7 ? 'NO' : 'weather'}\ntasks: { a: { hermes: { project_name: p } } }\n`,
    }));
    const answers = await compileYamlFiles(files);
    assert.deepEqual(answers, files.map(compileYaml));
    assert.equal(answers.filter((answer) => answer === undefined).length, 7);
  });
});
