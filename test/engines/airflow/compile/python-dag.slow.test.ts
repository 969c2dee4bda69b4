import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { operators } from '../../../../operators/registry.ts';
import { packageRoot } from '../../../../src/core/package-root.ts';
import { checkDag } from '../../../../src/dag/check-dag.ts';
import { loadDags } from '../../../../src/dag/load-dags.ts';
import type { AirflowDag, AirflowTask } from '../../../../src/engines/airflow/compile/airflow-dag.ts';
import { compileDag, compileDags } from '../../../../src/engines/airflow/compile/compile-dags.ts';
import { type CompiledDag, planBuild } from '../../../../src/engines/airflow/compile/plan-build.ts';
import { airflowPython } from '../../../airflow-python.ts';
import { pythonTools } from '../../../python-tools.ts';
import { temporaryFolder } from '../../../setup.ts';
import { hostileDag } from '../hostile-dags.ts';

const HOSTILE = 600;
/** Each is an error but Airflow's own about how it reads `.airflowignore`. */
const WARNINGS = ['-W', 'error', '-W', 'ignore:GitWildMatchPattern:DeprecationWarning'];
const here = import.meta.dirname;

type Arguments = Readonly<Record<string, unknown>>;

interface ReadDag {
  readonly dag: Arguments;
  readonly requests?: unknown;
  readonly artifacts?: string;
  readonly tasks: Readonly<Record<string, Arguments>>;
  readonly upstream: Readonly<Record<string, readonly string[]>>;
}

/** DAGs that are hostile wherever a text may stand, and those of the golden set. */
async function someDags(): Promise<CompiledDag[]> {
  const hostile = Array.from({ length: HOSTILE }, (_, index) =>
    fc.sample(hostileDag(`hostile_${index}`), { numRuns: 1, seed: 7_000 + index }),
  ).flat();
  const sound = hostile.filter(({ dag }) => checkDag(dag, 'x.dag.ts').length === 0);
  const golden = join(packageRoot, 'test', 'fixtures', 'airflow');
  const { dags, problems } = await loadDags(['dags'], { operators, cwd: golden });
  assert.deepEqual(problems, []);
  return [
    ...sound.map(({ dag, doc }) => ({ ...compileDag(dag, doc), source: 'dags/"""\n\\x.dag.ts' })),
    ...compileDags(dags),
  ];
}

function buildIn(folder: string, dags: readonly CompiledDag[], form: 'manifest' | 'python'): string {
  const build = join(folder, form);
  mkdirSync(build);
  for (const [name, text] of planBuild(dags, form)) writeFileSync(join(build, name), text);
  return build;
}

/** What a DAG's file has to say for a DAG, in the shape in which `read_python_dags.py` tells it. */
function expected(dag: AirflowDag, { artifacts, tasks }: ReadDag): ReadDag {
  const names = new Map(Object.entries(tasks).map(([name, { task_id }]) => [String(task_id), name]));
  if (artifacts !== undefined) names.set('resolve_artifacts', artifacts);
  const { dag_id, schedule, timezone, start_date, end_date, dagrun_timeout_seconds, owner } = dag;
  const isCron = schedule !== null && schedule !== '@once';
  const options: Arguments = {
    '': [dag_id],
    schedule: isCron ? { cron: { '': [schedule, timezone] } } : schedule,
    ...(start_date === undefined ? {} : { start_date: { moment: { '': [start_date, timezone] } } }),
    ...(end_date === undefined ? {} : { end_date: { moment: { '': [end_date, timezone] } } }),
    ...(dagrun_timeout_seconds === undefined
      ? {}
      : { dagrun_timeout: { timedelta: { seconds: dagrun_timeout_seconds } } }),
    default_args: { owner },
    ...dag.options,
    ...callbacks(dag),
  };
  const hasRequests = Object.keys(dag.requests).length > 0;
  return {
    dag: options,
    ...(hasRequests && artifacts !== undefined ? { requests: dag.requests, artifacts } : {}),
    tasks: Object.fromEntries(dag.tasks.map((task) => [names.get(task.task_id), taskArguments(task)])),
    upstream: Object.fromEntries(
      dag.tasks.flatMap(({ task_id, upstream = [] }) =>
        upstream.length === 0 ? [] : [[names.get(task_id), upstream.map((id) => names.get(id))]],
      ),
    ),
  };
}

function taskArguments(task: AirflowTask): Arguments {
  const { task_id, databricks_conn_id, json } = task;
  const times = ['retry_delay', 'max_retry_delay', 'execution_timeout'];
  const options = Object.entries(task.options).map(([name, value]) => [
    name,
    times.includes(name) ? { timedelta: { seconds: value } } : value,
  ]);
  return { task_id, databricks_conn_id, json, ...Object.fromEntries(options), ...callbacks(task) };
}

function callbacks(one: AirflowDag | AirflowTask): Arguments {
  const found = Object.entries(one).filter(([name]) => name.endsWith('_callback'));
  return Object.fromEntries(
    found.map(([name, calls]) => [
      name,
      (calls as { callback: string; arguments?: unknown }[]).map((call) => ({
        Callback: { '': call.arguments === undefined ? [call.callback] : [call.callback, call.arguments] },
      })),
    ]),
  );
}

describe('DAGs as Python files', function () {
  this.timeout(300_000);
  let dags: readonly CompiledDag[];
  let folder: string;
  let python: string;

  before(async () => {
    dags = await someDags();
    assert.ok(dags.length > HOSTILE / 10, `${dags.length} DAGs`);
    folder = temporaryFolder();
    python = buildIn(folder, dags, 'python');
  });

  it('hold the values of the DAG in literals, and nothing but calls of Hermes, whatever the texts are', () => {
    const script = join(here, 'read_python_dags.py');
    const read: Record<string, ReadDag> = JSON.parse(
      execFileSync('python3', [script, python], { encoding: 'utf8', maxBuffer: 1e9 }),
    );
    const index = JSON.parse(planBuild(dags, 'python').get('hermes-build.json') ?? '');
    for (const { dagId, line } of dags) {
      const found = read[index.dags[dagId].file];
      assert.ok(found !== undefined, dagId);
      assert.deepEqual(found, expected(JSON.parse(line), found));
    }
    assert.equal(Object.keys(read).length, dags.length);
  });

  it('are formatted as ruff leaves them, and it finds nothing in them', () => {
    const ruff = join(pythonTools('test'), 'ruff');
    const run = (...args: string[]): string =>
      execFileSync(ruff, [...args, '--isolated', '--no-cache', python], { encoding: 'utf8' });
    assert.match(run('format', '--check'), /already formatted/);
    assert.match(run('check'), /All checks passed/);
  });

  it('are stored by Airflow as those of a manifest are', async () => {
    const manifest = buildIn(folder, dags, 'manifest');
    const answer = execFileSync(
      await airflowPython(3),
      [...WARNINGS, join(here, 'compare_forms.py'), manifest, python],
      {
        encoding: 'utf8',
        env: { ...process.env, AIRFLOW_HOME: temporaryFolder(), AIRFLOW__CORE__LOAD_EXAMPLES: 'False' },
      },
    );
    const ids = dags.map(({ dagId }) => dagId).sort();
    assert.deepEqual(JSON.parse(answer), { dags: ids, different: [] });
  });
});
