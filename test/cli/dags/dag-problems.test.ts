import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import { Cli } from '../../../src/cli/cli.ts';
import { findDagProblems } from '../../../src/cli/dags/dag-problems.ts';
import { formatProblem, sortProblems } from '../../../src/core/problems.ts';
import { loadDags } from '../../../src/dag/load-dags.ts';
import { temporaryFolder } from '../../setup.ts';

async function problemsOf(name: string, text: string): Promise<string[]> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), text);
  const { dags, problems, faulty } = await loadDags([name], { operators, cwd });
  assert.deepEqual(dags, []);
  const cli = new Cli({}, cwd, { HERMES_HOME: join(cwd, 'home') });
  return sortProblems([...problems, ...findDagProblems(cli, { dags, faulty }, 'dev')]).map(formatProblem);
}

describe('the mistakes of a DAG file', () => {
  it('are told in one round, each where it stands, whoever finds it', async () => {
    assert.deepEqual(
      await problemsOf(
        'x.dag.yaml',
        `dag: x
team: weather
tasks:
  a:
    hermes:
      project_name: probe
      inputs: [market.listings]
      outputs: [prod_market.x]
      parameters: ["{{ ds }} {{ params.q }}", {table: market.lisings}]
  b:
    retries: nine
    hermes: { project_name: probe }
`,
      ),
      [
        'x.dag.yaml:8:17  Task "a" writes prod_market.x, which belongs to production: prod_ is the read prefix of dev, and what is read there is never written. Write market.x: each environment has its own.',
        'x.dag.yaml:9:20  Task "a": Cannot render the template "{{ ds }} {{ params.q }}": params.q is undefined: there is no "q".',
        'x.dag.yaml:9:47  a.parameters.1: table market.lisings is neither among the inputs nor among the outputs of the task. Did you mean market.listings?',
        'x.dag.yaml:11:14  b.retries must be a number, not "nine".',
      ],
    );
  });

  it('may be such that nothing else can be told', async () => {
    assert.deepEqual(
      await problemsOf(
        'x.dag.ts',
        `import { Dag, HermesOperator } from 'hermes-data-products';
export default new Dag(undefined as any, { team: 7 } as any, () => {
  new HermesOperator({ taskId: 'a', projectName: 'x', outputs: ['prod_a.b'] });
});`,
      ),
      [
        'x.dag.ts:2:16  The DAG id must be a text.',
        'x.dag.ts:2:16  team must be a text, not 7. Put it in quotes: "7"',
      ],
    );
  });
});
