import assert from 'node:assert/strict';
import { operators } from '../../operators/registry.ts';
import { formatProblem } from '../../src/core/problems.ts';
import { loadYaml } from '../../src/dag/load-yaml.ts';
import { paramProblem } from '../../src/dag/storable.ts';

function problemsOf(line: string): string[] {
  const text = `dag: seattle\nteam: weather\n${line}\ntasks:\n  clean: { hermes: { project_name: observations } }\n`;
  return loadYaml('a.dag.yaml', text, operators).problems.map(formatProblem);
}

describe('what Airflow keeps in its database', () => {
  it('is no NUL character: one DAG with it would stop all others of its file', () => {
    const reason = 'holds a NUL character (U+0000), which no database of Airflow keeps.';
    assert.deepEqual(problemsOf('description: "a\\0b"'), [
      `a.dag.yaml:3:14  description: "a\\u0000b" ${reason}`,
    ]);
    assert.deepEqual(problemsOf('params: { a: [{ "x\\0": 1 }] }'), [
      `a.dag.yaml:3:14  params.a: "x\\u0000" ${reason}`,
    ]);
    assert.deepEqual(problemsOf('pool: "\\0"'), [`a.dag.yaml:3:7  pool: "\\u0000" ${reason}`]);
    assert.deepEqual(problemsOf('tags: ["ok", "\\0"]'), [`a.dag.yaml:3:14  tags.1: "\\u0000" ${reason}`]);
  });

  it('is no half of a character', () => {
    assert.deepEqual(
      paramProblem({ a: '\ud800' }),
      '"\\ud800" holds half of a character (a lone surrogate), which no database of Airflow keeps.',
    );
  });

  it('is no list of a param that mixes objects with other values, which Airflow would change', () => {
    const reason =
      'a list of a param holds either only objects or none: Airflow changes mixed ones on their way to its form. Put the list under a key of an object.';
    assert.deepEqual(problemsOf('params: { limits: [1, { a: 2 }] }'), [
      `a.dag.yaml:3:19  params.limits: ${reason}`,
    ]);
    assert.equal(paramProblem([[{ a: 1 }]]), reason);
    for (const fine of [[1, [2]], [{ a: [1, {}] }, {}], { limits: [1, { a: 2 }] }, [], null])
      assert.equal(paramProblem(fine), undefined, JSON.stringify(fine));
  });
});
