import assert from 'node:assert/strict';
import { HermesOperator } from '../../operators/hermes-operator.ts';
import { operators } from '../../operators/registry.ts';
import { formatProblem } from '../../src/core/problems.ts';
import { checkDag } from '../../src/dag/check-dag.ts';
import { Dag } from '../../src/dag/dag.ts';
import { loadYaml } from '../../src/dag/load-yaml.ts';

function problemsOf(tasks: string): string[] {
  return loadYaml('x.dag.yaml', `dag: x\nteam: weather\ntasks:\n${tasks}`, operators).problems.map(
    formatProblem,
  );
}

describe('tasks at one table', () => {
  it('need an order: the one that reads comes after the one that writes, however far up', () => {
    assert.deepEqual(
      problemsOf(`
  a: { hermes: { project_name: p, outputs: [market.x] } }
  b: { after: [a], hermes: { project_name: p } }
  c: { after: [b], hermes: { project_name: p, inputs: [market.x] } }
  d: { hermes: { project_name: p, inputs: [{table: market.x}] } }
  e: { after: [b], hermes: { project_name: p, outputs: [market.x] } }
  f: { after: [e], hermes: { project_name: p, inputs: [market.x] } }`),
      [
        'x.dag.yaml:8:44  Task "d" reads market.x, which "a" writes, and neither comes after the other. Add after: [a].',
        'x.dag.yaml:7:56  Task "c" reads market.x, which "e" writes, and neither comes after the other. Add after: [b, e].',
        'x.dag.yaml:8:44  Task "d" reads market.x, which "e" writes, and neither comes after the other. Add after: [e].',
      ].sort(),
    );
  });

  it('may read first and write later, and write one after the other', () => {
    assert.deepEqual(
      problemsOf(`
  a: { hermes: { project_name: p, inputs: [products.x] } }
  b: { after: [a], hermes: { project_name: p, inputs: [products.x], outputs: [products.x] } }
  c: { after: [b], hermes: { project_name: p, outputs: [products.x] } }`),
      [],
    );
  });

  it('do not write it in any order, unless only one of them runs', () => {
    assert.deepEqual(
      problemsOf(`
  a: { hermes: { project_name: p, outputs: [products.x] } }
  b: { hermes: { project_name: p, outputs: [products.x] } }
  c: { after: [b], trigger_rule: one_failed, hermes: { project_name: p, outputs: [products.x] } }`),
      [
        'x.dag.yaml:6:45  Task "b" writes products.x, which "a" writes too, and neither comes after the other. Add after: [a].',
      ],
    );
  });

  it('are told in TypeScript at the line of the task', () => {
    const dag = new Dag('x', { team: 'weather' }, () => {
      new HermesOperator({ taskId: 'a', projectName: 'p', outputs: ['market.x'] });
      new HermesOperator({ taskId: 'b', projectName: 'p', inputs: ['market.x'] });
    });
    const [problem, ...others] = checkDag(dag, 'x.dag.ts', () => 'x.dag.ts');
    assert.deepEqual(others, []);
    assert.equal(
      `${problem?.message} ${problem?.hint}`,
      `Task "b" reads market.x, which "a" writes, and neither comes after the other. Add dependsOn: ['a'].`,
    );
  });

  it('name it once in a list', () => {
    assert.deepEqual(
      problemsOf('  a: { hermes: { project_name: p, outputs: [products.z, {table: products.z}] } }'),
      ['x.dag.yaml:4:57  a.outputs: table products.z stands there twice. Leave one out.'],
    );
  });
});
