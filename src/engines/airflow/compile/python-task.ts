import { pinned } from '../../../../operators/jinja-text.ts';
import type { ArtifactRequest } from '../../../core/artifact-request.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { AirflowDag, AirflowTask } from './airflow-dag.ts';
import { type ChosenOptions, chosenOptions } from './chosen-options.ts';
import { type Python, pythonCall, pythonLiteral, pythonText } from './python-text.ts';
import { listOf, objectOf, type RequestFacts } from './request-facts.ts';

type Argument = readonly [name: string, value: Python];

/** The call that makes a task in a Python file; options of the operator come behind its arguments. */
export interface PythonTask {
  readonly task: AirflowTask;
  /** `run_script` and `run_job` add what every request has, and know which artifacts a task takes. */
  readonly call: 'run_script' | 'run_job' | 'submit_run';
  readonly args: readonly Argument[];
  /** Tags of the task's own, which others of the DAG may share. */
  readonly tags?: JsonObject;
}

/** Decides how a task is written, so that what its author chose stands there and nothing else. Pure. */
export function pythonTask(dag: AirflowDag, task: AirflowTask): PythonTask {
  const chosen = chosenOptions(dag, task);
  if (chosen === undefined) return { task, call: 'submit_run', args: wholeRequest(task) };
  const { facts } = chosen;
  const script = scriptArguments(chosen);
  const own = Object.entries(facts.tags).filter(
    ([name, value]) => usualTags(dag, task, facts)[name] !== value,
  );
  return {
    task,
    call: script === undefined ? 'run_job' : 'run_script',
    args: [
      ['', 'dag'],
      ['', pythonText(task.task_id)],
      ['team', pythonText(facts.team)],
      ...(script ?? jobArguments(chosen)),
      ...literals({ view_access_control_list: facts.viewers }),
    ],
    ...(own.length === 0 ? {} : { tags: Object.fromEntries(own) }),
  };
}

function wholeRequest({ task_id, databricks_conn_id, json }: AirflowTask): Argument[] {
  return [
    ['task_id', pythonText(task_id)],
    ['databricks_conn_id', pythonText(databricks_conn_id)],
    ['json', pythonLiteral(json)],
  ];
}

/** Arguments of `run_script`; undefined for what it would not make the same. */
function scriptArguments({ own, facts }: ChosenOptions): Argument[] | undefined {
  const { tasks, timeout_seconds, ...rest } = own;
  const [task = {}, ...others] = listOf(tasks);
  const { spark_python_task, libraries, new_cluster, ...strange } = task;
  const { python_file, parameters, ...odd } = objectOf(spark_python_task);
  const { spark_env_vars, ...sized } = objectOf(new_cluster);
  const { artifact } = facts;
  const isScript =
    [rest, others, strange, odd, sized].every((each) => Object.keys(each).length === 0) &&
    python_file === pinned('script_url') &&
    new_cluster !== undefined &&
    Array.isArray(parameters);
  if (!isScript || artifact === undefined || !isSame(libraries, usualLibraries(artifact))) return undefined;
  const { project, script, scriptVersion, libraryVersion } = artifact;
  return literals({
    project_name: project,
    script_name: script === project ? undefined : script,
    script_version: scriptVersion === 'latest' ? undefined : scriptVersion,
    library_version: libraryVersion,
    parameters,
    ...tables(facts),
    env: spark_env_vars,
    timeout_seconds,
  });
}

function usualLibraries({ libraryVersion }: ArtifactRequest): Json {
  const wheel = libraryVersion === 'none' ? [] : [{ whl: pinned('wheel_url') }];
  return [...wheel, { whl: pinned('runtime_url') }];
}

function jobArguments({ own, facts }: ChosenOptions): Argument[] {
  const { tasks = [], timeout_seconds, ...request } = own;
  const { artifact, project } = facts;
  return [
    ...literals({ project_name: project }),
    ...(artifact === undefined ? [] : [['artifact', pythonLookup(artifact)] as const]),
    ['tasks', pythonLiteral(tasks)],
    ...literals({ request, ...tables(facts), timeout_seconds }),
  ];
}

/** What `resolve_artifacts` looks up, by the words of the author. */
function pythonLookup({ team, project, script, scriptVersion, libraryVersion }: ArtifactRequest): Python {
  const words = [team, project, script, scriptVersion, libraryVersion ?? null];
  return pythonCall(
    'artifact_lookup',
    words.map((word) => ['', pythonLiteral(word)]),
  );
}

function tables({ route }: RequestFacts): JsonObject {
  const { inputs, outputs, use_data_sharing } = route.settings;
  return {
    inputs: inputs as Json,
    outputs: outputs as Json,
    written_before: [...route.writtenBefore],
    ...(use_data_sharing === false ? { use_data_sharing } : {}),
  };
}

/** What the tags of a task are where nothing in them had to be changed. */
function usualTags(dag: AirflowDag, { task_id }: AirflowTask, { team, project }: RequestFacts): JsonObject {
  const known = { team, dag: dag.dag_id, task: task_id, 'compaas-service': 'hermes' };
  return project === undefined ? known : { ...known, project };
}

/** Arguments that say something: without those that are absent or empty. */
function literals(values: Readonly<Record<string, unknown>>): Argument[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const isEmpty =
      value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);
    return isEmpty ? [] : [[name, pythonLiteral(value as Json)]];
  });
}

function isSame(one: Json | undefined, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
