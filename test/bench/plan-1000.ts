import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { HermesOperator } from '../../operators/hermes-operator.ts';
import { Dag } from '../../src/dag/dag.ts';
import { planRun } from '../../src/engines/local/plan/plan-run.ts';
import { planSubmits } from '../../src/engines/local/plan/plan-submit.ts';
import { pythonTools } from '../python-tools.ts';
import { POLICY, VARIABLES } from './a-team.ts';
import { alternate, type BenchResult } from './measure.ts';

const TASKS = 1000;
const SHARE = 10;
const PEER = 'Jinja2, as Airflow uses it, rendering the same requests (100 of them, times 10)';

/**
 * The plans of a DAG of 1,000 tasks, and the requests that would be sent for them. The peer only renders the templates,
 * in Python and without a process's start.
 */
export async function run(): Promise<BenchResult[]> {
  const submits = bigDag()
    .plans()
    .map(({ submit }) => submit);
  const requests = JSON.stringify(submits.filter((_, index) => index % SHARE === 0));
  const python = join(pythonTools('test'), 'python');
  const peer = (): number =>
    SHARE * Number(execFileSync(python, ['-c', RENDER], { input: requests, encoding: 'utf8' }));
  const whole = await alternate(7, timeRequests, peer);
  const plans = await alternate(7, timePlans, peer);
  return [asResult('plan-1000', plans), asResult('plan-1000-requests', whole)];
}

function asResult(name: string, { ours, peer }: { ours: number; peer: number }): BenchResult {
  return { name, ours, peer, peerName: PEER, unit: 's', ratio: ours / peer };
}

function bigDag(): Dag {
  return new Dag('big', { team: 'weather' }, () => {
    for (let index = 0; index < TASKS; index += 1) {
      new HermesOperator({
        taskId: `task_${index}`,
        projectName: 'observations',
        inputs: ['market.stations'],
        parameters: ['--day', '{{ ds }}', '--part', String(index), { table: 'market.stations' }],
        dependsOn: index === 0 ? [] : [`task_${index - 1}`],
      });
    }
  });
}

/** Seconds for the plan of every task; the DAG is built anew, so that nothing of an earlier plan is left. */
function timePlans(): number {
  const dag = bigDag();
  const start = performance.now();
  dag.plans();
  return (performance.now() - start) / 1000;
}

/** Seconds from the DAG's objects to its requests: plans, rendered templates, clusters held to their policy. */
function timeRequests(): number {
  const dag = bigDag();
  const start = performance.now();
  const plans = dag.plans();
  const pins = new Map(plans.map(({ taskId }) => [taskId, PIN]));
  const record = planRun({ ...REQUEST, dag, plans }, pins, new Date(), { pid: 0, startedAt: '' });
  const { problems } = planSubmits(record, { variables: VARIABLES, policies: new Map([['P1', POLICY]]) });
  const seconds = (performance.now() - start) / 1000;
  if (problems.length > 0) throw new Error(JSON.stringify(problems[0]));
  return seconds;
}

const REQUEST = {
  environment: 'dev',
  embedded: false,
  host: '',
  team: 'weather',
  folder: '',
  source: 'big.dag.ts',
  params: {},
  parallel: 4,
};
const PIN = {
  team: 'weather',
  project: 'observations',
  script: 'observations',
  version: '1.5.0',
  commit: '3f1c2aa',
  via: 'latest',
  scriptUrl: 's3://acme/weather/observations/1.5.0/observations-1.5.0.py',
  scriptSha256: '0'.repeat(64),
} as const;
const RENDER = `
import datetime, json, sys, time, uuid
from types import SimpleNamespace as N
import jinja2.sandbox
requests = json.load(sys.stdin)
env = jinja2.sandbox.SandboxedEnvironment(undefined=jinja2.StrictUndefined, cache_size=0)
env.filters["ds"] = lambda d: d.strftime("%Y-%m-%d")
at = datetime.datetime(2026, 11, 21, 6, tzinfo=datetime.timezone.utc)
pin = json.loads('''${JSON.stringify({ version: '1.5.0', commit: '3f1c2aa', script_url: 's3://a/x.py', wheel_url: '', runtime_url: '' })}''')
class Pins(dict):
    def __missing__(self, key): return pin
variables = json.loads('''${JSON.stringify(VARIABLES)}''')
context = {
    "var": N(json=N(**variables)), "params": {}, "macros": N(uuid=uuid), "dag": N(dag_id="big"),
    "dag_run": N(run_id="manual", logical_date=at, run_after=at),
    "ti": N(task_id="t", map_index=-1, try_number=1, xcom_pull=lambda task_ids: Pins()),
}
def render(value):
    if isinstance(value, str): return env.from_string(value).render(context)
    if isinstance(value, dict): return {key: render(item) for key, item in value.items()}
    if isinstance(value, list): return [render(item) for item in value]
    return value
start = time.perf_counter()
for request in requests: render(request)
print(time.perf_counter() - start)
`;
