import { isDeepStrictEqual } from 'node:util';
import { completeSubmit } from '../../../../operators/complete-submit.ts';
import { teamVariable } from '../../../../operators/jinja-text.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { AirflowDag, AirflowTask } from './airflow-dag.ts';
import { listOf, objectOf, type RequestFacts, readFacts } from './request-facts.ts';

/** What the author of a task chose, taken off its request. */
export interface ChosenOptions {
  readonly facts: RequestFacts;
  /** The body of `runs/submit` as the operator planned it; `tasks` among it. */
  readonly own: JsonObject;
}

/** Parts of a cluster to which both the operator and Hermes add. */
const SHARED_PARTS = ['spark_conf', 'spark_env_vars', 'custom_tags'];

/** A longer key of a task would be cut. */
const LONGEST_KEY = 100;

/**
 * Takes off a task's request what Hermes adds to every one. Pure.
 * Undefined when the request would not come out the same again: then it stands as it is.
 */
export function chosenOptions(dag: AirflowDag, task: AirflowTask): ChosenOptions | undefined {
  const facts = readFacts(dag, task);
  if (facts === undefined) return undefined;
  const { team, viewers, given, route, tags, artifact } = facts;
  const complete = (submit: JsonObject): JsonObject =>
    completeSubmit(
      { submit, viewers, ...(artifact === undefined ? {} : { artifacts: artifact }) },
      { dagId: dag.dag_id, taskId: task.task_id, team, tags, route },
    );
  const { tasks, access_control_list: _list, ...rest } = task.json;
  const empty = complete({
    tasks: listOf(tasks).map((each) => ('new_cluster' in each ? { new_cluster: {} } : {})),
  });
  const own: JsonObject = {
    ...without(rest, empty),
    ...(given.length === 0 ? {} : { access_control_list: [...given] }),
    tasks: listOf(tasks).map((each, index) => ownTask(each, listOf(empty.tasks)[index] ?? {})),
  };
  const isSame = isDeepStrictEqual(complete(own), task.json);
  return isSame && task.databricks_conn_id === teamVariable(team, 'databricks_conn_id')
    ? { facts, own }
    : undefined;
}

function ownTask(task: JsonObject, empty: JsonObject): JsonObject {
  const { task_key: key, new_cluster: cluster, ...rest } = task;
  const isGiven = key !== empty.task_key || String(key).length >= LONGEST_KEY;
  return {
    ...(isGiven && key !== undefined ? { task_key: key } : {}),
    ...rest,
    ...(cluster === undefined
      ? {}
      : { new_cluster: ownCluster(objectOf(cluster), objectOf(empty.new_cluster)) }),
  };
}

function ownCluster(cluster: JsonObject, empty: JsonObject): JsonObject {
  const own = Object.entries(without(cluster, empty)).map(([name, value]) => [
    name,
    SHARED_PARTS.includes(name) ? without(objectOf(value), objectOf(empty[name])) : value,
  ]);
  return Object.fromEntries(own);
}

/** The entries that are not the same in the other. */
function without(object: JsonObject, other: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(([name, value]) => !isDeepStrictEqual(value, other[name])),
  );
}
