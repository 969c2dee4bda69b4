import { teamVariable } from '../../../../operators/jinja-text.ts';
import { mapTexts } from '../../../core/jinja.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { CallbackLists } from '../../../dag/callback.ts';
import type { DagDescription, TaskDescription } from '../../../dag/describe-dag.ts';
import { PINS_TASK_ID } from '../../../dag/task-options.ts';
import { type ArtifactLookup, artifactLookup } from './artifact-lookup.ts';

/** A DAG as its loader reads it: arguments of Airflow's `DAG` and operators, as plain data. */
export interface AirflowDag extends CallbackLists {
  readonly dag_id: string;
  readonly schedule: string | null;
  readonly timezone: string;
  /** Of its tasks. */
  readonly owner: string;
  readonly start_date?: string;
  readonly end_date?: string;
  readonly dagrun_timeout_seconds?: number;
  /** Arguments of `DAG` that need no conversion. */
  readonly options: JsonObject;
  /** What `resolve_artifacts` looks up, by task id. */
  readonly requests: Readonly<Record<string, ArtifactLookup>>;
  readonly tasks: readonly AirflowTask[];
}

export interface AirflowTask extends CallbackLists {
  readonly task_id: string;
  /** `resolve_artifacts` among them; absent where nothing comes before. */
  readonly upstream?: readonly string[];
  readonly databricks_conn_id: string;
  /** Body of `runs/submit`, with Jinja. */
  readonly json: JsonObject;
  /** Arguments of the operator; times in seconds. */
  readonly options: JsonObject;
}

/** Turns a DAG into what Airflow needs to build it. Pure. */
export function airflowDag(dag: DagDescription, documentation?: string): AirflowDag {
  const { dagId, schedule, timezone, startDate, endDate, dagrunTimeoutSeconds } = dag;
  const requests = dag.tasks.flatMap(({ taskId, plan }) =>
    plan.artifacts === undefined ? [] : [[taskId, artifactLookup(plan.artifacts)] as const],
  );
  return {
    dag_id: dagId,
    schedule,
    timezone,
    owner: dag.owner,
    ...(startDate === undefined ? {} : { start_date: startDate }),
    ...(endDate === undefined ? {} : { end_date: endDate }),
    ...(dagrunTimeoutSeconds === undefined ? {} : { dagrun_timeout_seconds: dagrunTimeoutSeconds }),
    ...dag.callbacks,
    options: dagOptions(dag, documentation),
    requests: Object.fromEntries(requests),
    tasks: dag.tasks.map((task) => airflowTask(task, requests.length > 0)),
  };
}

function dagOptions(dag: DagDescription, documentation: string | undefined): JsonObject {
  const { description, params, catchup, maxActiveRuns, tags } = dag;
  return {
    catchup,
    max_active_runs: maxActiveRuns,
    tags: [...tags],
    ...(description === undefined ? {} : { description }),
    ...(documentation === undefined ? {} : { doc_md: shownText(documentation) }),
    ...(Object.keys(params).length === 0 ? {} : { params: params as JsonObject }),
  };
}

function airflowTask(task: TaskDescription, hasPins: boolean): AirflowTask {
  const { taskId, settings, plan } = task;
  const { upstream, triggerRule } = startOf(task, hasPins);
  const { retries, retryDelaySeconds, maxRetryDelaySeconds, executionTimeoutSeconds, pool } = settings;
  return {
    task_id: taskId,
    ...(upstream.length === 0 ? {} : { upstream }),
    databricks_conn_id: teamVariable(plan.team, 'databricks_conn_id'),
    json: mapTexts(plan.submit, templateText) as JsonObject,
    ...task.callbacks,
    options: {
      retries,
      ...(retries === 0 ? {} : { retry_delay: retryDelaySeconds }),
      ...(settings.retryExponentialBackoff ? { retry_exponential_backoff: true } : {}),
      ...(maxRetryDelaySeconds === undefined ? {} : { max_retry_delay: maxRetryDelaySeconds }),
      ...(executionTimeoutSeconds === undefined ? {} : { execution_timeout: executionTimeoutSeconds }),
      ...(triggerRule === 'all_success' ? {} : { trigger_rule: triggerRule }),
      ...(pool === 'default_pool' ? {} : { pool }),
      ...(task.deferrable ? {} : { deferrable: false }),
    },
  };
}

/**
 * After which tasks Airflow starts a task, and by which rule. Tasks that come first wait for `resolve_artifacts`; the
 * others wait for it with those before them, which leaves their own rules as they are. `always` would not even wait for
 * it: it becomes `one_success`, which `resolve_artifacts` fulfils as the first of all.
 */
function startOf({ upstream, settings }: TaskDescription, hasPins: boolean) {
  const { triggerRule } = settings;
  const pins = hasPins ? [PINS_TASK_ID] : [];
  if (upstream.length === 0) return { upstream: pins, triggerRule: 'all_success' } as const;
  if (triggerRule !== 'always' || !hasPins) return { upstream, triggerRule };
  return { upstream: [...pins, ...upstream], triggerRule: 'one_success' } as const;
}

/** Airflow opens a documentation that ends in `.md` as a file. */
function shownText(markdown: string): string {
  return markdown.endsWith('.md') ? `${markdown}\n` : markdown;
}

/** Airflow opens a template that ends in `.json-tpl` as a file. */
function templateText(text: string): string {
  return text.endsWith('.json-tpl') ? `${text}{{ '' }}` : text;
}

/** One line, the id first: the loader finds the DAG of a task without reading the others. */
export function encodeDag(dag: AirflowDag): string {
  const { dag_id, ...rest } = dag;
  return JSON.stringify({ dag_id, ...rest } satisfies AirflowDag as unknown as Json);
}
