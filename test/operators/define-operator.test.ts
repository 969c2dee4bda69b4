import assert from 'node:assert/strict';
import { z } from 'zod';
import { defineOperator } from '../../operators/define-operator.ts';
import { attemptToken } from '../../operators/jinja-text.ts';
import type { OperatorPlan } from '../../operators/operator-definition.ts';
import { HermesError } from '../../src/core/errors.ts';
import { Dag } from '../../src/dag/dag.ts';
import * as hermes from '../../src/index.ts';

const NotebookOperator = defineOperator({
  key: 'notebook',
  options: {
    notebookPath: z.string().startsWith('/'),
    workers: z.int().min(1).max(8).default(1),
    readsFrom: z.array(z.string()).default([]),
  },
  check: ({ notebookPath, workers }) =>
    notebookPath.startsWith('/Tiny') && workers > 1
      ? [{ path: ['workers'], message: `${notebookPath} is tiny: workers must be 1.` }]
      : [],
  tables: ({ readsFrom }) => ({ inputs: readsFrom, outputs: [] }),
  plan: ({ options, text, table }) => ({
    submit: {
      tasks: [
        {
          notebook_task: {
            notebook_path: options.notebookPath,
            base_parameters: { day: text('{{ ds }}'), source: options.readsFrom.map(table).join(',') },
          },
          new_cluster: {
            num_workers: options.workers,
            spark_env_vars: { MINE: 'x' },
            custom_tags: { a: 'b' },
          },
        },
      ],
    },
    project: 'notebooks',
    viewers: ['quality'],
  }),
});

const context = { dagId: 'seattle', team: 'weather', tags: ['domain:climate', 'word'] };

/** An operator that plans something. */
function planning(plan: () => unknown) {
  const Operator = defineOperator({ key: 'odd', options: {}, plan: plan as () => OperatorPlan });
  return new Operator({ taskId: 'a' });
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof HermesError) return error.message;
    throw error;
  }
  return 'nothing was thrown';
}

describe('an operator that a team defines', () => {
  it('needs to say only what is its own: Hermes adds the rest to the request', () => {
    const task = new NotebookOperator({
      taskId: 'clean',
      notebookPath: '/Shared/x',
      readsFrom: ['market.x'],
    });
    const { submit, ...plan } = task.plan(context);
    const tags = {
      team: 'weather',
      project: 'notebooks',
      dag: 'seattle',
      task: 'clean',
      'compaas-service': 'hermes',
      domain: 'climate',
    };
    assert.equal(task.operatorName, 'NotebookOperator');
    assert.deepEqual(plan, { taskId: 'clean', team: 'weather', tags });
    const lines = Object.entries(tags).map(([key, value]) => `${key}:${value}`);
    assert.deepEqual(submit, {
      run_name: 'seattle.clean',
      tasks: [
        {
          task_key: 'clean',
          notebook_task: {
            notebook_path: '/Shared/x',
            base_parameters: {
              day: '{{ (dag_run.logical_date or dag_run.run_after) | ds }}',
              source: '{{ var.json.hermes_weather.read_prefix }}market.x',
            },
          },
          new_cluster: {
            policy_id: '{{ var.json.hermes_weather.cluster_policy_id }}',
            apply_policy_default_values: true,
            num_workers: 1,
            spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
            spark_env_vars: {
              MINE: 'x',
              HERMES_ENVIRONMENT: '{{ var.json.hermes_weather.environment }}',
              HERMES_PRODUCTION: '{{ var.json.hermes_weather.production | lower }}',
              HERMES_READ_PREFIX: '{{ var.json.hermes_weather.read_prefix }}',
              HERMES_PRODUCTS_ZONE: '{{ var.json.hermes_weather.products_zone }}',
              HERMES_UPLOADS: "{{ var.json.hermes_weather.uploads | default('') }}",
              HERMES_INPUTS: '{{ var.json.hermes_weather.read_prefix }}market.x',
              DD_SERVICE: 'notebooks',
              DD_ENV: '{{ var.json.hermes_weather.environment }}',
              DD_TAGS: `${lines.join(',')}{{ ([''] + var.json.hermes_weather.datadog.tags) | join(',') }}`,
              DD_JOB_NAME: 'seattle.clean',
              HERMES_UPSTREAM_TASKS:
                "{{ task.upstream_task_ids | reject('equalto', 'resolve_artifacts') | sort | join(',') }}",
            },
            custom_tags: {
              a: 'b',
              ...tags,
              dag_run: "{{ dag_run.run_id | replace('~', '-') }}",
              environment: '{{ var.json.hermes_weather.environment }}',
            },
          },
        },
      ],
      access_control_list: [
        { group_name: 'weather', permission_level: 'CAN_MANAGE_RUN' },
        { group_name: 'quality', permission_level: 'CAN_VIEW' },
      ],
      idempotency_token: attemptToken('weather'),
      queue: { enabled: true },
    });
  });

  it('reaches all that HermesOperator does by what the package exports', () => {
    const Copy = hermes.defineOperator({
      key: 'copy',
      options: {
        projectName: hermes.z.string(),
        inputs: hermes.z.array(hermes.z.string()).default([]),
        day: hermes.z.string(),
      },
      tables: ({ inputs }) => ({ inputs, outputs: [] }),
      plan: ({ options, pinned, text, table }) => ({
        artifacts: { project: options.projectName, script: options.projectName, scriptVersion: 'latest' },
        viewers: ['quality'],
        submit: {
          timeout_seconds: 60,
          tasks: [
            {
              spark_python_task: {
                python_file: pinned('script_url'),
                parameters: ['--day', text(options.day), ...options.inputs.map(table)],
              },
              libraries: [{ whl: pinned('wheel_url') }, { whl: pinned('runtime_url') }],
              new_cluster: { spark_env_vars: { A: 'b' } },
            },
          ],
        },
      }),
    });
    const shared = { taskId: 'clean', projectName: 'observations', inputs: ['market.x'] };
    const hermesOperator = new hermes.HermesOperator({
      ...shared,
      parameters: ['--day', '{{ ds }}', hermes.table('market.x')],
      viewAccessControlList: ['quality'],
      timeoutSeconds: 60,
      env: { A: 'b' },
    });
    assert.deepEqual(new Copy({ ...shared, day: '{{ ds }}' }).plan(context), hermesOperator.plan(context));
  });

  it('leaves a task without a cluster of its own alone, and keys several apart', () => {
    const query = { sql_task: { warehouse_id: 'w' } };
    const task = planning(() => ({ submit: { tasks: [query, { task_key: 'mine', ...query }, query] } }));
    assert.deepEqual(task.plan(context).submit.tasks, [
      { task_key: 'a_1', ...query },
      { task_key: 'mine', ...query },
      { task_key: 'a_3', ...query },
    ]);
  });

  it('makes tasks of a DAG as any other: order, defaults, tags', () => {
    const dag = new Dag('seattle', { team: 'weather' }, () => {
      const clean = new NotebookOperator({ taskId: 'clean', notebookPath: '/x' });
      clean.before(new NotebookOperator({ taskId: 'report', notebookPath: '/y', retries: 2 }));
    });
    assert.deepEqual(dag.tags, ['compaas-service:hermes']);
    assert.deepEqual([...dag.task('report').upstream], ['clean']);
    assert.deepEqual(
      dag.plans().map(({ taskId, artifacts }) => [taskId, artifacts]),
      [
        ['clean', undefined],
        ['report', undefined],
      ],
    );
  });

  it('tells wrong options as HermesOperator does', () => {
    const wrong = { taskId: 'clean', notebokPath: '/x', workers: 20, team: 'Weather', retries: -1 };
    const task = Reflect.construct(NotebookOperator, [wrong]) as InstanceType<typeof NotebookOperator>;
    assert.deepEqual(
      task.check(context).map(({ message, hint }) => [message, hint].filter(Boolean).join(' ')),
      [
        'clean.team: team name "Weather" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: weather',
        'clean.notebookPath is missing.',
        'clean.workers = 20 is too big: at most 8.',
        'clean.retries = -1 is too small: at least 0.',
        'clean.notebokPath is not an option of NotebookOperator. Did you mean notebookPath?',
      ],
    );
    const tiny = new NotebookOperator({ taskId: 'clean', notebookPath: '/Tiny/x', workers: 2 });
    assert.deepEqual(tiny.check(context), [
      { path: ['workers'], part: 'value', message: '/Tiny/x is tiny: workers must be 1.' },
    ]);
    assert.deepEqual(
      tiny.check({ dagId: 'seattle' }).at(-1)?.message,
      'Task "clean" has no team. Set team for the DAG, or for the task.',
    );
  });

  it('that fails or plans nonsense is told before anything is sent', () => {
    const messages = [
      () => {
        throw new TypeError('x is undefined');
      },
      async () => ({}),
      () => undefined,
      () => ({ submit: { tasks: [] } }),
      () => ({ submit: { tasks: [{ timeout: Number.NaN }] } }),
      () => ({ submit: { tasks: [{ day: new Date(0) }] } }),
      () => ({ submit: { tasks: [{ list: [undefined] }] } }),
      () => {
        const task: Record<string, unknown> = {};
        task.a = task;
        return { submit: { tasks: [task] } };
      },
      () => ({ submit: { tasks: [{}], idempotency_token: 'x' } }),
      () => ({ submit: { tasks: [{ new_cluster: { custom_tags: { Name: 'x' } } }] } }),
      () => ({ submit: { tasks: [{}] }, artifacts: { project: 'x' } }),
    ].map((plan) => messageOf(() => planning(plan).plan(context)).replace(/\(.*?:\d+\)/, '(file:line)'));
    assert.deepEqual(messages, [
      'Cannot plan task a: OddOperator failed (file:line): TypeError: x is undefined',
      'Cannot plan task a: OddOperator planned asynchronously: plan() must answer at once, and have no effects.',
      'Cannot plan task a: OddOperator planned no request: plan() must answer { submit: { … } }.',
      'Cannot plan task a: OddOperator planned no work: submit.tasks must be a list of at least one task.',
      'Cannot plan task a: OddOperator planned submit.tasks.0.timeout = NaN, which is no number in JSON.',
      'Cannot plan task a: OddOperator planned submit.tasks.0.day, which is no plain data.',
      'Cannot plan task a: OddOperator planned submit.tasks.0.list.0, which is undefined.',
      `Cannot plan task a: OddOperator planned submit.tasks.0${'.a'.repeat(31)}, which is nested without end.`,
      'Cannot plan task a: OddOperator planned submit.idempotency_token, which Hermes sets: by it an attempt starts once.',
      'Cannot plan task a: OddOperator planned custom_tags that cannot be: The tag "Name:x" is refused: name is taken, Databricks finds its machines by it.',
      'Cannot plan task a: OddOperator planned artifacts without project, script and scriptVersion.',
    ]);
    const Failing = defineOperator({
      key: 'odd',
      options: {},
      tables: () => {
        throw new Error('no tables');
      },
      plan: () => ({ submit: { tasks: [{}] } }),
    });
    const failing = new Failing({ taskId: 'a' });
    assert.deepEqual(failing.tables, { inputs: [], outputs: [] });
    assert.match(failing.check(context)[0]?.message ?? '', /OddOperator failed \(.*\): Error: no tables$/);
    const [problem] = planning(() => undefined).check(context);
    assert.equal(
      problem?.message,
      'Cannot plan task a: OddOperator planned no request: plan() must answer { submit: { … } }.',
    );
  });

  it('with a wrong definition is refused where it is defined', () => {
    const plan = () => ({ submit: {} });
    const defined = (definition: object) =>
      messageOf(() =>
        Reflect.apply(defineOperator, undefined, [{ key: 'odd', options: {}, plan, ...definition }]),
      );
    assert.deepEqual(
      [
        { key: 'Odd Key' },
        { key: 'retries' },
        { operatorName: 'odd' },
        { plan: undefined },
        { options: z.object({}) },
        { options: { retries: z.int(), 'a b': z.int(), x: 5 } },
      ].map(defined),
      [
        'Cannot define operator Odd Key: key "Odd Key" must hold lower-case letters, digits and "_", and begin with a letter.',
        'Cannot define operator retries: key "retries" is taken: every task has such an option.',
        'Cannot define operator odd: operatorName "odd" must be the name of a class, as NotebookOperator.',
        'Cannot define operator odd: plan must be a function.',
        'Cannot define operator odd: options must be an object of zod schemas, as { path: z.string() }.',
        'Cannot define operator odd: option retries is taken: every task has it. option "a b" must be a name in camelCase. option x must be a schema of zod; take the z of hermes-data-products.',
      ],
    );
  });
});
