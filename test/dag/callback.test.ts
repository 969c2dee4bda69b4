import assert from 'node:assert/strict';
import { HermesOperator } from '../../operators/hermes-operator.ts';
import { operators } from '../../operators/registry.ts';
import { checkDag } from '../../src/dag/check-dag.ts';
import { Dag } from '../../src/dag/dag.ts';
import { describeDag } from '../../src/dag/describe-dag.ts';
import { loadYaml } from '../../src/dag/load-yaml.ts';

const slack = 'airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier';

function problemsOf(text: string): string[] {
  return loadYaml('x.dag.yaml', text, operators).problems.map(({ line, message, hint }) =>
    [line, message, hint].filter((part) => part !== undefined).join(' '),
  );
}

describe('callbacks of DAGs and tasks', () => {
  it('mean the same in YAML and in TypeScript, as a text, a call, or a list of both', () => {
    const yaml = `
dag: d
team: weather
on_failure_callback: acme.alerts.page
deferrable: false
tasks:
  a:
    on_retry_callback: [acme.alerts.note, {callback: ${slack}, arguments: {text: "{{ ti.task_id }}", retries: 2}}]
    hermes: { project_name: p }
  b:
    deferrable: true
    hermes: { project_name: p }
`;
    const [fromYaml] = loadYaml('x.dag.yaml', yaml, operators).dags;
    const call = { callback: slack, arguments: { text: '{{ ti.task_id }}', retries: 2 } };
    const fromTypeScript = new Dag(
      'd',
      { team: 'weather', onFailureCallback: [{ callback: 'acme.alerts.page' }], deferrable: false },
      () => {
        new HermesOperator({ taskId: 'a', projectName: 'p', onRetryCallback: ['acme.alerts.note', call] });
        new HermesOperator({ taskId: 'b', projectName: 'p', deferrable: true });
      },
    );
    assert.deepEqual(checkDag(fromTypeScript, 'x.dag.ts'), []);
    assert.ok(fromYaml !== undefined);
    const described = describeDag(fromYaml);
    assert.deepEqual(describeDag(fromTypeScript), described);
    assert.deepEqual(described.callbacks, { on_failure_callback: [{ callback: 'acme.alerts.page' }] });
    assert.deepEqual(
      described.tasks.map(({ callbacks, deferrable }) => [callbacks, deferrable]),
      [
        [{ on_retry_callback: [{ callback: 'acme.alerts.note' }, call] }, false],
        [{}, true],
      ],
    );
  });

  it('are no defaults for tasks, and a DAG has none for retries', () => {
    assert.deepEqual(
      problemsOf('dag: d\nteam: t\non_retry_callback: a.b\ntasks:\n  a:\n    hermes: { project_name: p }\n'),
      [
        '3 on_retry_callback is not an option of a DAG. Allowed: dag, description, team, owner, schedule, start_date, end_date, timezone, catchup, tags, doc, max_active_runs, dagrun_timeout_seconds, params, on_success_callback, on_failure_callback, retries, retry_delay_seconds, retry_exponential_backoff, max_retry_delay_seconds, execution_timeout_seconds, pool, deferrable, tasks.',
      ],
    );
  });

  it('must be names that Python can import, with arguments that it can pass', () => {
    const wrong = ['page', 'acme.', 'acme.1st', 'acme.class', "acme.x'); print('", 'acme.é'];
    const task = (callback: string): string =>
      `dag: d\nteam: t\ntasks:\n  a:\n    on_failure_callback: ${callback}\n    hermes: { project_name: p }\n`;
    for (const name of wrong)
      assert.deepEqual(problemsOf(task(JSON.stringify(name))), [
        `5 a.on_failure_callback: ${JSON.stringify(name)} is no name of a Python function or class with its module: package.module.name.`,
      ]);
    assert.deepEqual(problemsOf(task('{callback: a.b, arguments: {context: 1}}')), [
      '5 context is not yours to give: Airflow hands it over.',
    ]);
    assert.deepEqual(problemsOf(task('{callback: a.b, arguments: {"x y": 1}}')), [
      '5 "x y" is no name of a keyword argument of Python.',
    ]);
    assert.deepEqual(problemsOf(task('{calback: a.b}')), [
      '5 a.on_failure_callback.callback is missing.',
      '5 a.on_failure_callback.calback is not an option of a task. Did you mean callback?',
    ]);
    assert.deepEqual(problemsOf(task('7')), [
      '5 a.on_failure_callback must be a text, not 7. Put it in quotes: "7"',
    ]);
  });
});
