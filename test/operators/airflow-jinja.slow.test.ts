import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { defineOperator } from '../../operators/define-operator.ts';
import { HermesOperator } from '../../operators/hermes-operator.ts';
import { table } from '../../operators/table-name.ts';
import { airflowScope } from '../../src/core/jinja/airflow-scope.ts';
import { renderJson } from '../../src/core/jinja.ts';
import { pythonTools } from '../python-tools.ts';

const variables = {
  hermes_weather: {
    environment: 'dev',
    production: false,
    cluster_policy_id: 'P1',
    read_prefix: 'prod_',
    products_zone: 's3://products/weather',
    datadog: { site: 'datadoghq.eu', tags: ['cost:42', "o'clock"] },
  },
};
const pins = {
  resolve_artifacts: {
    clean: {
      version: '1.5.0',
      commit: '3f1c2aa',
      script_url: 's3://a/x.py',
      wheel_url: 's3://a/x.whl',
      runtime_url: 's3://a/hermes_runtime.whl',
    },
  },
};
const submit = new HermesOperator({
  taskId: 'clean',
  team: 'weather',
  projectName: 'observations',
  inputs: ['market.listings', 'market.sales'],
  outputs: ['products.monthly'],
  parameters: [
    '{{ ds }}',
    '{{ ts_nodash }}',
    "{{ ds | replace('-', '/') }}",
    '{% if ds > "2026" %}late{% else %}early{% endif %}',
    'a\r\nb #} \\n {x} "q"\n',
    "{{ 'quoted \\' ds' }}",
    table('market.listings'),
    table('products.monthly'),
    '{{ data_interval_start | ts }}',
    '{{ params.limits[1] }} {{ params.region }}',
  ],
  env: { DAY: '{{ logical_date.strftime("%d.%m.%Y") }}', DB_PASSWORD: '{{secrets/my-scope/db.key}}' },
}).plan({
  dagId: 'Seattle_'.padEnd(240, 'x'),
  tags: ['Domain:Clima España', "o'clock:{{ ds }}", 'word'],
}).submit;

const NotebookOperator = defineOperator({
  key: 'notebook',
  options: { day: z.string() },
  plan: ({ options, text, pinned, variable }) => ({
    artifacts: { project: 'observations', script: 'observations', scriptVersion: 'latest' },
    submit: {
      tasks: [
        {
          notebook_task: {
            notebook_path: `${variable('products_zone')}/x`,
            base_parameters: { day: text(options.day), script: pinned('script_url') },
          },
          new_cluster: { num_workers: 2 },
        },
        { sql_task: { warehouse_id: 'w' } },
      ],
    },
  }),
});
const own = new NotebookOperator({ taskId: 'clean', team: 'weather', day: 'on {{ ds }}\n' }).plan({
  dagId: 'seattle',
}).submit;

// Airflow's own way: an undefined name is an error, numbers stay numbers, filters of airflow/sdk/definitions/_internal/templater.py.
const PYTHON = `
import json, sys, uuid, datetime
from types import SimpleNamespace as N
import jinja2.sandbox
facts = json.load(sys.stdin)
env = jinja2.sandbox.SandboxedEnvironment(undefined=jinja2.StrictUndefined, cache_size=0)
env.filters.update({
    "ds": lambda d: d.strftime("%Y-%m-%d"), "ds_nodash": lambda d: d.strftime("%Y%m%d"),
    "ts": lambda d: d.isoformat(), "ts_nodash": lambda d: d.strftime("%Y%m%dT%H%M%S"),
})
at = datetime.datetime(2026, 11, 21, 6, tzinfo=datetime.timezone.utc)
context = {
    "var": N(json=N(**facts["variables"])), "params": facts["params"], "macros": N(uuid=uuid),
    "dag": N(dag_id="seattle"),
    "dag_run": N(run_id="manual~1", logical_date=None, run_after=at, data_interval_start=None, data_interval_end=None),
    "task": N(upstream_task_ids={"resolve_artifacts", "Load", "a.b", "a_b"}),
    "ti": N(task_id="clean", map_index=-1, try_number=1, xcom_pull=lambda task_ids: facts["pins"][task_ids]),
}
def render(value):
    if isinstance(value, str): return env.from_string(value).render(context)
    if isinstance(value, list): return [render(item) for item in value]
    if isinstance(value, dict): return {key: render(item) for key, item in value.items()}
    return value
json.dump(render(facts["submit"]), sys.stdout)
`;

describe('the body of a submit', () => {
  it('reads the same when Jinja renders it for Airflow and when Hermes renders it', function () {
    this.timeout(300_000);
    const params = { limits: [1, 2.5], region: 'north' };
    const child = spawnSync(join(pythonTools('test'), 'python'), ['-c', PYTHON], {
      input: JSON.stringify({ submit: [submit, own], variables, pins, params }),
      encoding: 'utf8',
    });
    assert.equal(child.stderr, '');
    const scope = airflowScope({
      dagId: 'seattle',
      taskId: 'clean',
      runId: 'manual~1',
      runType: 'manual',
      runAfter: new Date('2026-11-21T06:00:00Z'),
      tryNumber: 1,
      params,
      conf: {},
      variables,
      returnValues: pins,
      upstream: new Map([['clean', ['a_b', 'a.b', 'Load', 'resolve_artifacts']]]),
    });
    const airflow: unknown = JSON.parse(child.stdout);
    assert.deepEqual(renderJson([submit, own], scope), airflow);
    assert.match(child.stdout, /domain:clima_espana,o_clock:_ds,/);
    assert.match(child.stdout, /"HERMES_PRODUCTION": "false"/);
    assert.match(child.stdout, /"HERMES_INPUTS": "prod_market\.listings,prod_market\.sales"/);
    assert.match(child.stdout, /"prod_market\.listings", "products\.monthly"/);
    assert.match(child.stdout, /"2026-11-21", "20261121T060000", "2026\/11\/21", "late"/);
  });
});
