import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HermesOperator } from '../../../operators/hermes-operator.ts';
import { packageRoot } from '../../../src/core/package-root.ts';
import { type DagFacts, graph, hermes, inDag, load } from './python-dags.ts';

const first = 'resolve_artifacts';
const graphs: readonly [what: string, lines: string, expected: Record<string, string>][] = [
  [
    'tasks that come first wait for it, the others for those that the user named',
    `${hermes('clean')} >> ${hermes('report')}\nEmptyOperator(task_id="alone")`,
    { clean: first, [first]: '', report: 'clean', alone: '' },
  ],
  [
    'it comes before whatever leads to a Hermes task',
    `EmptyOperator(task_id="sensor") >> EmptyOperator(task_id="branch") >> ${hermes('clean')} >> EmptyOperator(task_id="end")`,
    { sensor: first, branch: 'sensor', clean: 'branch', end: 'clean', [first]: '' },
  ],
  [
    'edges that are drawn after the tasks count as well',
    `clean, report = ${hermes('clean')}, ${hermes('report')}\nreport >> clean`,
    { clean: 'report', [first]: '', report: first },
  ],
  [
    'trigger rules keep their meaning',
    `a, b = EmptyOperator(task_id="a"), EmptyOperator(task_id="b")
[a, b] >> ${hermes('one', 'trigger_rule="one_success"')}
a >> ${hermes('failed', 'trigger_rule="all_failed"')}
b >> ${hermes('always', 'trigger_rule="always"')}
a >> EmptyOperator(task_id="at_once", trigger_rule="always") >> ${hermes('late')}
${hermes('start', 'trigger_rule="all_failed"')}`,
    {
      a: first,
      b: first,
      [first]: '',
      one: 'a b : one_success',
      failed: 'a : all_failed',
      always: `b ${first} : one_success`,
      at_once: `a ${first} : one_success`,
      late: 'at_once',
      start: first,
    },
  ],
  [
    'tasks of groups, and mapped ones',
    `with TaskGroup("daily") as daily:
    ${hermes('clean')} >> ${hermes('report')}
@task
def cities():
    return [["--city", "Seattle"]]
HermesOperator.partial(task_id="each", project_name="observations").expand(parameters=cities())
HermesOperator.partial(task_id="fixed", project_name="observations").expand(parameters=[["a"], ["b"]])
@task_group
def of_city(city):
    ${hermes('city', 'parameters=["--city", city]')}
of_city.expand(city=["Seattle", "Madrid"])
EmptyOperator(task_id="end") << daily`,
    {
      'daily.clean': first,
      [first]: '',
      'daily.report': 'daily.clean',
      cities: first,
      each: 'cities',
      fixed: first,
      'of_city.city': first,
      end: 'daily.report',
    },
  ],
  [
    'results of other tasks as parameters',
    `@task
def day():
    return "2026-11-21"
${hermes('clean', 'parameters=["--day", day()], env={"DAY": day()}')}`,
    { day: first, day__1: first, clean: 'day day__1', [first]: '' },
  ],
];

const refusals: readonly [what: string, body: string, error: string][] = [
  [
    'options with mistakes, all at once',
    inDag(hermes('clean', 'script_version="a..b", parameters=["é", 5]')),
    [
      'ValueError: clean.script_version: "a..b" is no version and no name of a branch.',
      'clean.parameters.0: "é" is refused: Databricks takes ASCII only. Pass such a text in a file.',
      'clean.parameters.1 must be a text, not 5.',
    ].join('\n'),
  ],
  [
    'an unknown option',
    inDag(hermes('clean', 'view_acess_control_list=["x"]')),
    'TypeError: clean.view_acess_control_list is not an option of HermesOperator. Did you mean view_access_control_list?',
  ],
  [
    'a cluster, an access list or a connection of its own',
    inDag(hermes('clean', 'new_cluster={"num_workers": 100}')),
    'TypeError: clean.new_cluster is refused: Hermes decides it. Leave it out.',
  ],
  [
    'a cluster of its own for a mapped task',
    inDag('HermesOperator.partial(task_id="m", project_name="x", access_control_list=[])'),
    'TypeError: m.access_control_list is refused: Hermes decides it. Leave it out.',
  ],
  [
    'versions that differ between the instances of a mapped task',
    inDag('HermesOperator.partial(task_id="m", project_name="x").expand(script_version=["1.0", "2.0"])'),
    'ValueError: m.script_version cannot be mapped: versions are resolved once, before the first task. Make a task for each.',
  ],
  [
    'a mapped task with mistakes',
    inDag('HermesOperator.partial(task_id="m", project_name="X").expand(parameters=[["a"]])'),
    'ValueError: m.project_name: project name "X" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: x',
  ],
  [
    'one of many parameters of a mapped task',
    inDag('HermesOperator.partial(task_id="m", project_name="x").expand(parameters=[["a"], ["a", 5]])'),
    'ValueError: m.parameters.1 must be a text, not 5.',
  ],
  [
    'a task without a DAG',
    `HermesOperator(task_id="clean", team="weather", project_name="x")`,
    'ValueError: HermesOperator clean has no DAG. Create it inside `with DAG(...)`, or pass dag=...',
  ],
  [
    'a task that takes the name of the first one',
    inDag(hermes(first)),
    `ValueError: The task id "${first}" is taken: Hermes gives it to the task that resolves versions.`,
  ],
  [
    'another task of that name',
    inDag(`EmptyOperator(task_id="${first}")\n${hermes('clean')}`),
    `ValueError: The task id "${first}" is taken: Hermes gives it to the task that resolves versions.`,
  ],
  [
    'a version that only another task knows',
    inDag(`@task\ndef version():\n    return "1.0"\n${hermes('clean', 'script_version=version()')}`),
    'ValueError: clean.script_version must be a text, not a PlainXComArg.',
  ],
];

for (const major of [3, 2] as const) {
  describe(`HermesOperator in Airflow ${major}`, function () {
    this.timeout(600_000);
    let loaded: readonly DagFacts[];
    let refused: readonly DagFacts[];

    before(async () => {
      const all = await load(major, [
        ...graphs.map(([, lines]) => inDag(lines)),
        ...refusals.map(([, body]) => body),
      ]);
      loaded = all.slice(0, graphs.length);
      refused = all.slice(graphs.length);
    });

    for (const [index, [what, , expected]] of graphs.entries()) {
      it(`resolves artifacts first: ${what}`, () => {
        const found = loaded[index];
        assert.equal(found?.error, undefined);
        assert.ok(found !== undefined);
        assert.deepEqual(graph(found), expected);
        assert.deepEqual(found.tags, ['compaas-service:hermes']);
        assert.deepEqual(found.warnings, []);
        const asked = Object.entries(found.tasks).filter(([, { type }]) => type === 'HermesOperator');
        assert.deepEqual(
          Object.keys(found.tasks[first]?.requests ?? {}).sort(),
          asked.map(([id]) => id).sort(),
        );
        for (const [, { links }] of asked) assert.deepEqual(links, ['See Databricks Job Run']);
      });
    }

    for (const [index, [what, , error]] of refusals.entries()) {
      it(`refuses ${what}`, () => assert.equal(refused[index]?.error, error));
    }

    it('takes DAGs that are functions, and tasks that name their DAG', async () => {
      const found = await load(major, [
        `@dag(schedule=None, default_args={"team": "weather"})\ndef seattle():\n    ${hermes('clean')}\n\nseattle()\n`,
        `the_dag = DAG("seattle", schedule=None)\n${hermes('clean', 'team="weather", dag=the_dag')}\n`,
      ]);
      for (const one of found) assert.deepEqual(graph(one), { clean: first, [first]: '' });
    });

    it('sends what the operator of TypeScript sends, whatever the defaults of the DAG are for others', async () => {
      const defaults = ', tags=["Domain:Clima", "area:sea"]';
      const lines = hermes(
        'clean',
        'parameters=["--day", "{{ ds }}"], view_access_control_list=["data-engineers"], retries=2',
      );
      const others =
        'the_dag.default_args.update(new_cluster={"num_workers": 9}, databricks_conn_id="x", timeout_seconds=5, run_name="y", do_xcom_push=False)';
      const [found] = await load(major, [inDag(`${others}\n${lines}`, defaults)]);
      const { submit } = new HermesOperator({
        taskId: 'clean',
        team: 'weather',
        projectName: 'observations',
        parameters: ['--day', '{{ ds }}'],
        viewAccessControlList: ['data-engineers'],
        timeoutSeconds: 5,
      }).plan({ dagId: 'seattle', tags: ['Domain:Clima', 'area:sea'] });
      assert.deepEqual(found?.tasks.clean?.json, submit);
      assert.equal(found?.tasks.clean?.connection, '{{ var.json.hermes_weather.databricks_conn_id }}');
      assert.deepEqual(
        [found?.tasks.clean?.retries, found?.tasks[first]?.retries, found?.tasks[first]?.owner],
        [2, 3, 'climate'],
      );
    });
  });
}

describe('the guide to DAGs in Python', function () {
  this.timeout(300_000);
  const guide = readFileSync(join(packageRoot, 'docs', 'guides', 'airflow-python.md'), 'utf8');

  it('shows DAGs that Airflow loads', async () => {
    const [whole = '', part = ''] = [...guide.matchAll(/^```python\n([\s\S]*?)^```$/gm)].map(
      ([, code]) => code,
    );
    const found = await load(3, [whole, inDag(part)]);
    assert.deepEqual(
      found.map(({ error, tasks }) => [error, Object.keys(tasks ?? {}).sort()]),
      [
        [undefined, ['clean', 'report', first]],
        [undefined, ['city', first]],
      ],
    );
  });

  it('explains every option, in the order of the reference', () => {
    const shown = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    const options = Object.keys(HermesOperator.kind.schema.shape).filter(
      (name) => !/^(in|out)puts$/.test(name),
    );
    assert.deepEqual(shown, [...options, 'deferrable']);
  });
});
