import assert from 'node:assert/strict';
import fc from 'fast-check';
import { taskKey } from '../../operators/complete-submit.ts';
import { HermesOperator, type HermesOptions } from '../../operators/hermes-operator.ts';
import { userText } from '../../operators/jinja-text.ts';
import { type AirflowFacts, airflowScope } from '../../src/core/jinja/airflow-scope.ts';
import { renderJson, renderTemplate } from '../../src/core/jinja.ts';
import type { JsonObject } from '../../src/core/json.ts';

const least: HermesOptions = { taskId: 'clean', team: 'weather-lab', projectName: 'observations' };
const context = { dagId: 'seattle' };
const submitOf = (options: Partial<HermesOptions>) =>
  new HermesOperator({ ...least, ...options }).plan(context).submit as {
    readonly tasks: readonly [
      {
        readonly task_key: string;
        readonly libraries: readonly JsonObject[];
        readonly spark_python_task: { readonly parameters: readonly string[] };
        readonly new_cluster: { readonly spark_env_vars: JsonObject; readonly custom_tags: JsonObject };
      },
    ];
    readonly access_control_list: readonly JsonObject[];
    readonly timeout_seconds?: number;
  };

const facts: AirflowFacts = {
  dagId: 'seattle',
  taskId: 'clean',
  runId: 'manual~2026-11-21T06:00:00+00:00',
  runType: 'manual',
  runAfter: new Date('2026-11-21T06:00:00Z'),
  tryNumber: 2,
  params: {},
  conf: {},
  variables: {
    hermes_weather_lab: {
      environment: 'dev',
      production: false,
      cluster_policy_id: 'P1',
      read_prefix: 'prod_',
      products_zone: 's3://products/weather-lab',
      datadog: { site: 'datadoghq.eu', tags: ['cost:42'] },
    },
  },
  returnValues: {
    resolve_artifacts: {
      clean: {
        version: '1.5.0+feature.x.h1f0c9d2e.g3f1c2aa0',
        commit: '3f1c2aa',
        script_url: 's3://store/clean.py',
        wheel_url: '',
        runtime_url: 's3://store/hermes_runtime.whl',
      },
    },
  },
  upstream: new Map([['clean', ['resolve_artifacts', 'load']]]),
};
const scope = airflowScope(facts);

/** Messages of what is wrong with options that a user who does not check types may write. */
function mistakes(options: object): string[] {
  const operator = new HermesOperator({ taskId: 'clean', ...options } as HermesOptions);
  return operator.check(context).map(({ message, hint }) => [message, hint].filter(Boolean).join(' '));
}

describe('HermesOperator', () => {
  it('needs a project, and takes everything else by default', () => {
    const { submit, ...plan } = new HermesOperator(least).plan(context);
    assert.deepEqual(plan, {
      taskId: 'clean',
      team: 'weather-lab',
      artifacts: {
        team: 'weather-lab',
        project: 'observations',
        script: 'observations',
        scriptVersion: 'latest',
      },
      tags: {
        team: 'weather-lab',
        project: 'observations',
        dag: 'seattle',
        task: 'clean',
        'compaas-service': 'hermes',
      },
    });
    assert.deepEqual(renderJson(submit, scope), {
      run_name: 'seattle.clean',
      tasks: [
        {
          task_key: 'clean',
          spark_python_task: { python_file: 's3://store/clean.py', parameters: [] },
          libraries: [{ whl: '' }, { whl: 's3://store/hermes_runtime.whl' }],
          new_cluster: {
            policy_id: 'P1',
            apply_policy_default_values: true,
            autoscale: { min_workers: 1, max_workers: 2 },
            spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
            spark_env_vars: {
              HERMES_ENVIRONMENT: 'dev',
              HERMES_PRODUCTION: 'false',
              HERMES_READ_PREFIX: 'prod_',
              HERMES_PRODUCTS_ZONE: 's3://products/weather-lab',
              HERMES_UPLOADS: '',
              DD_SERVICE: 'observations',
              DD_ENV: 'dev',
              DD_VERSION: '1.5.0+feature.x.h1f0c9d2e.g3f1c2aa0',
              DD_TAGS:
                'team:weather-lab,project:observations,dag:seattle,task:clean,compaas-service:hermes,cost:42',
              DD_JOB_NAME: 'seattle.clean',
              HERMES_UPSTREAM_TASKS: 'load',
            },
            custom_tags: {
              team: 'weather-lab',
              project: 'observations',
              dag: 'seattle',
              dag_run: 'manual-2026-11-21T06:00:00+00:00',
              task: 'clean',
              version: '1.5.0+feature.x.h1f0c9d2e.g3f1c2aa0',
              commit: '3f1c2aa',
              environment: 'dev',
              'compaas-service': 'hermes',
            },
          },
        },
      ],
      access_control_list: [{ group_name: 'weather-lab', permission_level: 'CAN_MANAGE_RUN' }],
      // uuid.uuid5(uuid.NAMESPACE_URL, 'weather-lab/dev/seattle/manual~2026-11-21T06:00:00+00:00/clean/-1/2') in Python
      idempotency_token: '93b64b44-2625-5ae7-857c-bfcfb3467184',
      queue: { enabled: true },
    });
  });

  it('names attempts of two teams, or of two environments, on one workspace differently', () => {
    const tokenOf = (team: string, environment: string) => {
      const variables = { [`hermes_${team}`]: { environment } };
      const { submit } = new HermesOperator({ ...least, team }).plan(context);
      return renderTemplate(String(submit.idempotency_token), airflowScope({ ...facts, variables }));
    };
    const tokens = [tokenOf('ocean', 'dev'), tokenOf('ocean', 'prod'), tokenOf('sky', 'dev')];
    assert.equal(new Set(tokens).size, 3);
    assert.equal(tokenOf('ocean', 'dev'), tokens[0]);
  });

  it('takes the team of the DAG when it names none', () => {
    const { team: _, ...rest } = least;
    assert.equal(new HermesOperator(rest).plan({ dagId: 'seattle', team: 'ocean' }).team, 'ocean');
    assert.throws(() => new HermesOperator(rest).plan(context), {
      code: 'HERMES_OPERATOR_OPTIONS',
      message: 'Cannot plan task clean: Task "clean" has no team. Set team for the DAG, or for the task.',
    });
  });

  it('gives no read prefix without data sharing, and no wheel when none is wanted', () => {
    const [task] = submitOf({ useDataSharing: false, libraryVersion: 'none', timeoutSeconds: 60 }).tasks;
    assert.equal(task.new_cluster.spark_env_vars.HERMES_READ_PREFIX, '');
    assert.deepEqual(
      task.libraries.map(({ whl }) => renderTemplate(String(whl), scope)),
      ['s3://store/hermes_runtime.whl'],
    );
    assert.equal(submitOf({ timeoutSeconds: 60 }).timeout_seconds, 60);
  });

  it('lets each other group view the run once, and the team manage it', () => {
    const groups = ['data-engineers', 'weather-lab', 'Data Science (EU)', 'data-engineers'];
    assert.deepEqual(submitOf({ viewAccessControlList: groups }).access_control_list, [
      { group_name: 'weather-lab', permission_level: 'CAN_MANAGE_RUN' },
      { group_name: 'data-engineers', permission_level: 'CAN_VIEW' },
      { group_name: 'Data Science (EU)', permission_level: 'CAN_VIEW' },
    ]);
  });

  it('makes a key that Databricks takes of every task id, different for different ids', () => {
    assert.equal(taskKey('clean-it_2'), 'clean-it_2');
    assert.equal(taskKey('group.clean'), 'group_clean');
    const long = 'x'.repeat(240);
    assert.match(taskKey(`${long}a`), /^x{91}_[0-9a-f]{8}$/);
    assert.notEqual(taskKey(`${long}a`), taskKey(`${long}b`));
  });

  it('passes parameters and variables on as they were written, with Jinja rendered', () => {
    const [task] = submitOf({
      parameters: ['--day', '{{ ds }}', "it's", 'a\r\nb\n'],
      env: { REGION: '{{ ds_nodash }}' },
    }).tasks;
    assert.deepEqual(
      task.spark_python_task.parameters.map((text) => renderTemplate(text, scope)),
      ['--day', '2026-11-21', "it's", 'a\r\nb\n'],
    );
    assert.equal(renderTemplate(String(task.new_cluster.spark_env_vars.REGION), scope), '20261121');
  });

  it('brings every text without Jinja through the renderer unchanged', () => {
    const character = fc.constantFrom('a', ' ', '\n', '\r', '\t', '{', '}', '%', '#', "'", '"', '\\', '-');
    fc.assert(
      fc.property(fc.string({ unit: character }), (text) => {
        fc.pre(!/\{[{%#]/.test(text));
        assert.equal(renderTemplate(userText(text), scope), text);
      }),
    );
  });

  it('tells every wrong option, in the words of TypeScript', () => {
    assert.deepEqual(
      mistakes({
        team: 'Weather',
        projectName: 'class',
        scriptVersion: '{{ params.version }}',
        libraryVersion: 'newest',
        viewAccessControlList: ['{{ x }}', ''],
        env: { HERMES_READ_PREFIX: 'x' },
        viewAcl: [],
        useDataSharing: 'yes',
        triggerRule: 'sometimes',
        dependsOn: 'a',
      }),
      [
        'clean.team: team name "Weather" is not allowed: it must start with a lower-case letter and hold only lower-case letters, digits, and single "-" or "_" between them. For example: weather',
        'clean.projectName: project name "class" is a Python keyword; choose another.',
        'clean.scriptVersion: "{{ params.version }}" is no version and no name of a branch: a template cannot stand here, since versions are resolved before the first task.',
        'clean.libraryVersion: "newest" is neither none nor a version. Leave it out for the wheel that belongs to the script.',
        'clean.useDataSharing must be true or false, not "yes".',
        'clean.viewAccessControlList.0: "{{ x }}" is no name of a group: at most 255 characters, without {, } and %.',
        'clean.viewAccessControlList.1: "" is no name of a group.',
        'The environment variable HERMES_READ_PREFIX is refused: Hermes sets those that begin with HERMES_ and DD_.',
        'clean.dependsOn must be a list, not "a".',
        'clean.triggerRule = "sometimes" is not one of: all_success, all_failed, all_done, all_skipped, one_success, one_failed, one_done, none_failed, none_failed_min_one_success, none_skipped, always.',
        'clean.viewAcl is not an option of HermesOperator. Allowed: team, projectName, scriptName, scriptVersion, libraryVersion, parameters, inputs, outputs, useDataSharing, viewAccessControlList, timeoutSeconds, env, taskId, dependsOn, retries, retryDelaySeconds, retryExponentialBackoff, maxRetryDelaySeconds, executionTimeoutSeconds, pool, deferrable, triggerRule, onSuccessCallback, onFailureCallback, onRetryCallback, onExecuteCallback.',
      ],
    );
  });

  it('takes versions and branches as git allows them, and nothing else', () => {
    const problem = (scriptVersion: string) => mistakes({ ...least, scriptVersion });
    for (const right of [
      'latest',
      '1.4.0',
      '1.0rc1',
      'feature/my-branch',
      'fix#12',
      "it's",
      'Ünïcode',
      'a{b}',
    ])
      assert.deepEqual(problem(right), [], right);
    assert.deepEqual(problem('my branch'), [
      'clean.scriptVersion: "my branch" is no version and no name of a branch: git refuses " " in it.',
    ]);
    for (const wrong of ['', '../x', '/x', 'x/', '-x', 'a..b', 'a//b', 'x.lock', 'x@{1}', 'a\nb'])
      assert.equal(problem(wrong).length, 1, wrong);
  });

  it('keeps parameters within what Databricks takes', () => {
    const problem = (...parameters: unknown[]) => mistakes({ ...least, parameters });
    assert.deepEqual(problem('x'.repeat(9_996)), []);
    assert.deepEqual(problem('x'.repeat(9_997)), [
      'clean.parameters: 10001 bytes as JSON are too many; Databricks takes at most 10000. Put large values into a file (hermes upload).',
    ]);
    assert.deepEqual(problem('día', 5, 'x.json-tpl', '{{ a b }}'), [
      'clean.parameters.0: "í" is refused: Databricks takes ASCII only. Pass such a text in a file.',
      'clean.parameters.1 must be a text, not 5. Put it in quotes: "5"',
      'clean.parameters.2: "x.json-tpl" is refused: Airflow reads a text that ends in .json-tpl as the name of a template file.',
      'clean.parameters.3: Cannot render the template "{{ a b }}": expected variable end',
    ]);
  });

  it('hands the name of a secret on to Databricks, which fills it in on the cluster', () => {
    const env = { DB_PASSWORD: '{{secrets/my-scope/db.key@1}}', RAW: '{% raw %}{{secrets/a/b}}{% endraw %}' };
    const { spark_env_vars } = submitOf({ env }).tasks[0].new_cluster;
    const rendered = renderJson(spark_env_vars, scope) as JsonObject;
    assert.equal(rendered.DB_PASSWORD, '{{secrets/my-scope/db.key@1}}');
    assert.equal(rendered.RAW, '{{secrets/a/b}}');
    assert.deepEqual(mistakes({ ...least, env }), []);
    const variables = { ...facts.variables, db: '{{secrets/a/b}}' };
    assert.equal(
      renderTemplate(userText('{{ var.value.db }}'), airflowScope({ ...facts, variables })),
      '{{secrets/a/b}}',
    );
    assert.deepEqual(mistakes({ ...least, parameters: ['{{secrets/a/b}}'] }), [
      'clean.parameters.0: "{{secrets/a/b}}" is refused: Databricks fills in a secret in environment variables only. Put it under env, and read it in the script.',
    ]);
  });
});
