import assert from 'node:assert/strict';
import { compileYamlFiles } from '../../../../src/engines/airflow/compile/compile-in-threads.ts';
import { compileYaml } from '../../../../src/engines/airflow/compile/compile-yaml.ts';

function dagText(id: string): string {
  return `dag: ${id}\nteam: weather\ntasks: { a: { hermes: { project_name: p } } }\n`;
}

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

  it('goes on where a thread has too little memory for a file', async () => {
    // More than a thread may use.
    const long = `${dagText('long')}doc: "${'x'.repeat(24_000_000)}"\n`;
    const files = Array.from({ length: 301 }, (_, index) => ({
      file: `/dags/${index}.dag.yaml`,
      text: index === 0 ? long : dagText(`d${index}`),
    }));
    const [first, ...others] = await compileYamlFiles(files);
    assert.ok((first?.dags[0]?.line.length ?? 0) > 24_000_000);
    assert.deepEqual(
      others.map((one) => one?.dags[0]?.dagId),
      others.map((_, index) => `d${index + 1}`),
    );
  });
});
