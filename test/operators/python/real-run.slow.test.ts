import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../../src/core/clock.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { createDatabricks } from '../../../src/databricks/client.ts';
import { listTaskInstances, taskLinks } from '../../../src/engines/airflow/rest/task-instances.ts';
import { taskLog } from '../../../src/engines/airflow/rest/task-log.ts';
import { enrolTeam } from '../../../src/engines/local/plan/enrol.ts';
import { databricksConnection, openAirflowForTest, type TestAirflow } from '../../airflow-harness.ts';
import { publishProject } from '../../engines/local/published-project.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../../workspace/workspace-harness.ts';

const DAG = `
import sys

sys.path.insert(0, ${JSON.stringify(join(packageRoot, 'operators', 'python'))})

from airflow.sdk import DAG, task
from hermes_airflow import HermesOperator

with DAG("python_dag", schedule=None, default_args={"team": "weather"}, tags=["area:sea"]):

    @task
    def wishes():
        return [["{{ 7 * 7 }}", "it's {% raw"], ["b", 5]]

    @task
    def braces():
        return "{{ x"

    @task
    def accent():
        return "caf\\u00e9"

    HermesOperator(task_id="say", project_name="echo", parameters=["{{ 6 * 7 }}"], env={"WORD": braces()})
    HermesOperator.partial(task_id="each", project_name="echo").expand(parameters=wishes())
    HermesOperator(task_id="sync", project_name="echo", deferrable=False, parameters=["--word", braces()])
    HermesOperator(task_id="wrong", project_name="echo", parameters=[accent()])
`;

interface Submitted {
  readonly run_name: string;
  readonly run_page_url: string;
  readonly tasks: readonly [
    {
      readonly spark_python_task: { readonly parameters: readonly string[] };
      readonly new_cluster: { readonly spark_env_vars: Readonly<Record<string, string>> };
    },
  ];
}

describe('a DAG in Python, in a real Airflow', function () {
  this.timeout(300_000);
  const { signal } = new AbortController();
  let workspace: TestWorkspace;
  let airflow: TestAirflow;
  let key: { readonly dagId: string; readonly runId: string };

  before(async () => {
    workspace = await openWorkspace();
    const store = join(temporaryFolder(), 'dev');
    const scripts = { echo: 'import sys\nprint(sys.argv[1:])\n' };
    await publishProject(store, { team: 'weather', name: 'echo', version: '1.0.0', scripts });
    airflow = await openAirflowForTest({
      variables: { hermes_weather: await teamVariable(workspace, store) },
      connections: [databricksConnection(workspace)],
      settings: { HERMES_POLLING_PERIOD_SECONDS: '1' },
    });
    await airflow.load(new Map([['python_dag.py', DAG]]), 'python_dag');
    const { runId } = await airflow.run('python_dag');
    key = { dagId: 'python_dag', runId };
  });

  after(async () => {
    await airflow.stop();
    await closeWorkspaces();
  });

  it('runs its tasks, mapped ones and those that wait for themselves too', async () => {
    const tasks = await listTaskInstances(airflow.api, key, signal);
    const states = tasks
      .map(({ taskId, state }) => `${taskId} ${state}`)
      .filter((text) => /^(each|say|sync|wrong|resolve)/.test(text));
    assert.deepEqual(states.sort(), [
      'each success',
      'each success',
      'resolve_artifacts success',
      'say success',
      'sync success',
      'wrong failed',
    ]);
  });

  it('renders what its author wrote, and passes on what other tasks returned', async () => {
    const { body } = await workspace.call<{ runs: readonly Submitted[] }>(
      'GET',
      '/api/2.2/jobs/runs/list?limit=25&expand_tasks=true',
    );
    const given = body.runs.map(({ run_name, tasks: [task] }) => [
      run_name,
      task.spark_python_task.parameters,
    ]);
    assert.deepEqual(given.sort(), [
      ['python_dag.each', ['b', '5']],
      ['python_dag.each', ['{{ 7 * 7 }}', "it's {% raw"]],
      ['python_dag.say', ['42']],
      ['python_dag.sync', ['--word', '{{ x']],
    ]);
    const said = body.runs.find(({ run_name }) => run_name === 'python_dag.say');
    assert.equal(said?.tasks[0].new_cluster.spark_env_vars.WORD, '{{ x');
    assert.match(String(said?.tasks[0].new_cluster.spark_env_vars.DD_TAGS), /,area:sea$/);
    assert.deepEqual(await taskLinks(airflow.api, key, 'say', signal), {
      'See Databricks Job Run': said?.run_page_url,
    });
  });

  it('keeps a log and a link of each instance of a mapped task', async () => {
    for (const mapIndex of [0, 1]) {
      const links = await taskLinks(airflow.api, key, 'each', signal, mapIndex);
      const log = await taskLog(airflow.api, key, { taskId: 'each', attempt: 1, mapIndex }, signal);
      const link = links['See Databricks Job Run'] ?? '';
      assert.match(link, /\/jobs\/\d+\/runs\/\d+$/);
      assert.ok(JSON.stringify(log).includes(link), `${mapIndex}`);
    }
  });

  it('says what is wrong with a text that another task returned, and does not try again', async () => {
    const log = await taskLog(airflow.api, key, { taskId: 'wrong', attempt: 1 }, signal);
    assert.match(
      JSON.stringify(log),
      /wrong\.parameters: \\"é\\" is refused: Databricks takes ASCII only\. Pass such a text in a file\./,
    );
  });
});

async function teamVariable({ url, token, folder }: TestWorkspace, store: string): Promise<object> {
  const databricks = createDatabricks({ host: url, token }, { clock: systemClock });
  const zone = join(folder, 'products');
  mkdirSync(zone, { recursive: true });
  writeFileSync(join(zone, 'README'), '');
  return {
    environment: 'dev',
    production: false,
    artifacts: pathToFileURL(store).href,
    cluster_policy_id: await enrolTeam(databricks.policies, { team: 'weather', environment: 'dev' }),
    read_prefix: 'prod_',
    products_zone: pathToFileURL(zone).href,
    databricks_conn_id: 'databricks_default',
    datadog: { site: 'datadoghq.eu', tags: [] },
  };
}
