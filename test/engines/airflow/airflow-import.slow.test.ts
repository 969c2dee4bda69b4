import assert from 'node:assert/strict';
import { instantOf } from '../../../src/dag/calendar.ts';
import { type DagDescription, describeDag, type TaskDescription } from '../../../src/dag/describe-dag.ts';
import type { LoadedDag } from '../../../src/dag/load-dags.ts';
import { nextRuns } from '../../../src/dag/schedule.ts';
import type { Answer, DagFacts, TaskFacts } from './airflow-oracle.ts';
import { AT, goldenSet } from './golden-set.ts';

describe('the golden set of DAG files in the real Airflow 3', function () {
  this.timeout(300_000);
  let loaded: readonly LoadedDag[] = [];
  let answer: Answer;

  before(async () => {
    ({ loaded, answer } = await goldenSet());
  });

  it('is imported without an error or a warning, and every DAG is there', () => {
    assert.deepEqual(answer.import_errors, {});
    assert.deepEqual(answer.warnings, {});
    const ids = loaded.map(({ dag }) => dag.dagId);
    assert.deepEqual(answer.dags.map(({ dag_id }) => dag_id).sort(), [...ids].sort());
    assert.ok(ids.length > 80, `${ids.length} DAGs`);
  });

  it('means there what it means here: schedule, dates, tags, owner, documentation, params, limits', () => {
    for (const { dag, documentation } of loaded) {
      const { tasks: _tasks, ...facts } = factsOf(dag.dagId);
      assert.deepEqual(facts, expectedDag(describeDag(dag), documentation, facts as DagFacts), dag.dagId);
    }
  });

  it('has the same next runs as hermes shows', () => {
    for (const { dag } of loaded) {
      const { options, dagId } = dag;
      const timing = { ...options, schedule: options.schedule ?? null, timezone: options.timezone ?? 'UTC' };
      const ours = nextRuns(timing, new Date(AT), 3).map((run) => run.toISOString().replace('.000', ''));
      const theirs = factsOf(dagId).next_runs;
      assert.deepEqual(
        options.schedule === '@once' ? theirs.filter((run) => run > AT) : theirs,
        ours,
        JSON.stringify(timing),
      );
    }
  });

  it('has the same tasks: retries, delays, limits, pools, trigger rules and order', () => {
    for (const { dag } of loaded) {
      const description = describeDag(dag);
      const facts = new Map(factsOf(dag.dagId).tasks.map((task) => [task.task_id, task]));
      const first = facts.get('resolve_artifacts');
      facts.delete('resolve_artifacts');
      assert.equal(
        first !== undefined,
        description.tasks.some(({ plan }) => plan.artifacts !== undefined),
      );
      assert.deepEqual(first?.upstream ?? [], []);
      for (const task of description.tasks) {
        const { json: _json, ...found } = facts.get(task.taskId) ?? ({} as TaskFacts);
        const waits =
          first !== undefined && (task.upstream.length === 0 || task.settings.triggerRule === 'always');
        const upstream = [...task.upstream, ...(waits ? ['resolve_artifacts'] : [])];
        assert.deepEqual(found, expectedTask(task, description, upstream), `${dag.dagId}.${task.taskId}`);
        facts.delete(task.taskId);
      }
      assert.deepEqual([...facts.keys()], []);
    }
  });

  it('is the same once the scheduler has read it from the database', () => {
    const stored = answer.stored ?? [];
    assert.equal(stored.length, loaded.length);
    for (const { next_run: _next, ...kept } of stored) {
      const { dag_id, tags, owner, description, doc_md, params } = factsOf(kept.dag_id);
      assert.deepEqual(kept, { dag_id, tags, owner, description, doc_md, params });
    }
  });

  function factsOf(dagId: string): DagFacts {
    const found = answer.dags.find(({ dag_id }) => dag_id === dagId);
    assert.ok(found !== undefined, dagId);
    return found;
  }
});

function expectedDag(dag: DagDescription, documentation: string | undefined, facts: DagFacts): object {
  const at = (date: string | undefined): string | null =>
    date === undefined ? null : instantOf(date, dag.timezone).toISOString().replace('.000', '');
  const presets: Readonly<Record<string, string>> = {
    '@hourly': '0 * * * *',
    '@daily': '0 0 * * *',
    '@weekly': '0 0 * * 0',
    '@monthly': '0 0 1 * *',
    '@quarterly': '0 0 1 */3 *',
    '@yearly': '0 0 1 1 *',
  };
  const schedule = dag.schedule ?? 'None';
  return {
    dag_id: dag.dagId,
    tags: [...dag.tags].sort(),
    doc_md: documentation ?? null,
    description: dag.description ?? null,
    owner: dag.owner,
    timezone: dag.timezone,
    start_date: at(dag.startDate),
    end_date: at(dag.endDate),
    catchup: dag.catchup,
    max_active_runs: dag.maxActiveRuns,
    dagrun_timeout: dag.dagrunTimeoutSeconds ?? null,
    params: dag.params,
    schedule: presets[schedule] ?? schedule,
    next_runs: facts.next_runs,
    size: Reflect.get(facts, 'size'),
  };
}

function expectedTask(task: TaskDescription, dag: DagDescription, upstream: readonly string[]): object {
  const { settings, plan } = task;
  return {
    task_id: task.taskId,
    type: 'DatabricksSubmitRunOperator',
    owner: dag.owner,
    retries: settings.retries,
    retry_delay: settings.retries === 0 ? 300 : settings.retryDelaySeconds,
    max_retry_delay: settings.maxRetryDelaySeconds ?? null,
    retry_exponential_backoff: settings.retryExponentialBackoff ? 2 : 0,
    execution_timeout: settings.executionTimeoutSeconds ?? null,
    pool: settings.pool,
    trigger_rule: ruleOf(task, upstream),
    upstream: [...upstream].sort(),
    links: ['See Databricks Job Run'],
    databricks_conn_id: `{{ var.json.hermes_${plan.team.replaceAll('-', '_')}.databricks_conn_id }}`,
    deferrable: true,
  };
}

/** A task that comes first has nothing to judge; one that waits for nothing waits for its artifacts alone. */
function ruleOf({ upstream: own, settings: { triggerRule } }: TaskDescription, upstream: readonly string[]) {
  if (own.length === 0) return 'all_success';
  return triggerRule === 'always' && upstream.includes('resolve_artifacts') ? 'one_success' : triggerRule;
}
