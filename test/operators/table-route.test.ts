import assert from 'node:assert/strict';
import { HermesOperator, type HermesOptions } from '../../operators/hermes-operator.ts';
import { operators } from '../../operators/registry.ts';
import { table } from '../../operators/table-name.ts';
import { airflowScope } from '../../src/core/jinja/airflow-scope.ts';
import { renderJson } from '../../src/core/jinja.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { formatProblem } from '../../src/core/problems.ts';
import { Dag } from '../../src/dag/dag.ts';
import { loadYaml } from '../../src/dag/load-yaml.ts';

const development = { environment: 'dev', production: false, read_prefix: 'prod_', uploads: 'file:///u' };
const production = { environment: 'prod', production: true, read_prefix: '' };

/** Parameters and table variables of a task, rendered as an environment would. */
function seen(dag: Dag, taskId: string, environment: JsonObject) {
  const task = dag.task(taskId);
  const weather = { cluster_policy_id: 'P', products_zone: 's3://p', datadog: { tags: [] }, ...environment };
  const pin = { version: '1', commit: 'c', script_url: 's', wheel_url: '', runtime_url: '' };
  const scope = airflowScope({
    dagId: dag.dagId,
    taskId,
    runId: 'r',
    runType: 'manual',
    runAfter: new Date('2026-11-21T06:00:00Z'),
    tryNumber: 1,
    params: {},
    conf: {},
    variables: { hermes_weather: weather },
    returnValues: { resolve_artifacts: { [taskId]: pin } },
  });
  const { tasks } = renderJson(task.plan(dag.contextOf(task)).submit, scope) as unknown as {
    tasks: readonly [
      {
        spark_python_task: { parameters: readonly string[] };
        new_cluster: { spark_env_vars: Readonly<Record<string, string>> };
      },
    ];
  };
  const { HERMES_INPUTS, HERMES_OUTPUTS, HERMES_PRODUCTION, HERMES_UPLOADS, HERMES_READ_PREFIX } =
    tasks[0].new_cluster.spark_env_vars;
  return {
    parameters: tasks[0].spark_python_task.parameters.join(' '),
    inputs: HERMES_INPUTS,
    outputs: HERMES_OUTPUTS,
    facts: [HERMES_PRODUCTION, HERMES_UPLOADS, HERMES_READ_PREFIX].join(' '),
  };
}

function oneTask(options: Partial<HermesOptions>): Dag {
  return new Dag('d', { team: 'weather' }, () => {
    new HermesOperator({ taskId: 'clean', projectName: 'observations', ...options });
  });
}

const problems = (options: object): string[] => {
  const operator = new HermesOperator({
    taskId: 'clean',
    projectName: 'x',
    team: 'weather',
    ...options,
  } as never);
  return operator.check({ dagId: 'd' }).map(({ message, hint }) => [message, hint].filter(Boolean).join(' '));
};

describe('a table of a task', () => {
  const dag = oneTask({
    inputs: ['market.listings', table('market.sales')],
    outputs: ['products.monthly'],
    parameters: ['--in', table('market.listings'), '--out', table('products.monthly'), '{{ ds }}'],
  });

  it('is read from production in development, and by its own name in production, by one compiled text', () => {
    assert.deepEqual(seen(dag, 'clean', development), {
      parameters: '--in prod_market.listings --out products.monthly 2026-11-21',
      inputs: 'prod_market.listings,prod_market.sales',
      outputs: 'products.monthly',
      facts: 'false file:///u prod_',
    });
    assert.deepEqual(seen(dag, 'clean', production), {
      parameters: '--in market.listings --out products.monthly 2026-11-21',
      inputs: 'market.listings,market.sales',
      outputs: 'products.monthly',
      facts: 'true  ',
    });
  });

  it('is the one of development without data sharing', () => {
    const alone = oneTask({
      useDataSharing: false,
      inputs: ['market.listings'],
      parameters: [table('market.listings')],
    });
    assert.deepEqual(seen(alone, 'clean', development), {
      parameters: 'market.listings',
      inputs: 'market.listings',
      outputs: undefined,
      facts: 'false file:///u ',
    });
  });

  it('that the task also writes is the one that it writes', () => {
    const both = oneTask({ inputs: ['a.b', 'c.d'], outputs: ['a.b'], parameters: [table('a.b')] });
    const { parameters, inputs } = seen(both, 'clean', development);
    assert.deepEqual([parameters, inputs], ['a.b', 'a.b,prod_c.d']);
  });

  it('that a task before it writes is read where it was written, however far up', () => {
    const chain = new Dag('d', { team: 'weather' }, () => {
      const task = (taskId: string, options: Partial<HermesOptions>) =>
        new HermesOperator({ taskId, projectName: 'observations', ...options });
      const load = task('load', { inputs: ['raw.rain'], outputs: ['products.daily'] });
      const sum = task('sum', { inputs: ['products.daily'], outputs: ['products.monthly'] });
      const report = task('report', { inputs: ['products.daily', 'products.monthly', 'raw.rain'] });
      load.before(sum);
      sum.before(report);
      task('beside', { inputs: ['products.daily'] });
      const first = task('first', { inputs: ['products.daily'] });
      first.before(load);
    });
    const inputs = (id: string) => seen(chain, id, development).inputs;
    assert.equal(inputs('load'), 'prod_raw.rain');
    assert.equal(inputs('sum'), 'products.daily');
    assert.equal(inputs('report'), 'products.daily,products.monthly,prod_raw.rain');
    assert.equal(inputs('beside'), 'prod_products.daily');
    assert.equal(inputs('first'), 'prod_products.daily');
    assert.equal(seen(chain, 'report', production).inputs, 'products.daily,products.monthly,raw.rain');
  });

  it('means the same in YAML and in TypeScript', () => {
    const yaml = loadYaml(
      'x.dag.yaml',
      `
dag: d
team: weather
tasks:
  clean:
    hermes:
      project_name: observations
      inputs: [market.listings, {table: market.sales}]
      outputs: [products.monthly]
      parameters: ["--in", {table: market.listings}, "--out", {table: products.monthly}, "{{ ds }}"]
`,
      operators,
    );
    assert.deepEqual(yaml.dags[0]?.plans(), dag.plans());
  });

  it('among the parameters must be an input or an output, and stand alone', () => {
    const inputs = ['market.listings'];
    assert.deepEqual(problems({ inputs, parameters: [table('market.listngs'), table('a.b')] }), [
      'clean.parameters.0: table market.listngs is neither among the inputs nor among the outputs of the task. Did you mean market.listings?',
      'clean.parameters.1: table a.b is neither among the inputs nor among the outputs of the task. Add it: inputs: [market.listings, a.b] when the script reads it, outputs: [a.b] when it writes it.',
    ]);
    assert.deepEqual(problems({ inputs, parameters: [`--in=${String(table('market.listings'))}`] }), [
      `clean.parameters.0: "--in=[object Object]" holds an object. A table() stands alone, an element of its own: ['--source', table('…')].`,
    ]);
    assert.deepEqual(problems({ inputs: ['X.y', 5, { tabel: 'a.b' }], outputs: 'a.b' }), [
      'clean.inputs.0: "X.y" is no name of a table: it must be database.table, in lower-case letters, digits and "_". Did you mean x.y?',
      'clean.inputs.1 must be a text, not 5. Put it in quotes: "5"',
      'clean.inputs.2.table is missing.',
      'clean.inputs.2.tabel is not an option of HermesOperator. Did you mean table?',
      'clean.outputs must be a list, not "a.b".',
    ]);
  });

  it('that is wrong is told at its place in a file', () => {
    const text = `dag: d
team: weather
tasks:
  clean:
    hermes:
      project_name: x
      parameters: ["--in", {table: a.b}]
`;
    assert.deepEqual(loadYaml('x.dag.yaml', text, operators).problems.map(formatProblem), [
      'x.dag.yaml:7:28  clean.parameters.1: table a.b is neither among the inputs nor among the outputs of the task. Add it: inputs: [a.b] when the script reads it, outputs: [a.b] when it writes it.',
    ]);
  });
});
