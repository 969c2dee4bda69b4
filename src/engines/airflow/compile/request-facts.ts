import { isDeepStrictEqual } from 'node:util';
import { teamVariable } from '../../../../operators/jinja-text.ts';
import type { RouteFacts } from '../../../../operators/table-route.ts';
import type { ArtifactRequest } from '../../../core/artifact-request.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { type TaskTags, taskTags } from '../../../telemetry/task-tags.ts';
import type { AirflowDag, AirflowTask } from './airflow-dag.ts';
import { artifactLookup } from './artifact-lookup.ts';

/** What the request of a task tells of the task. */
export interface RequestFacts {
  readonly team: string;
  readonly project?: string;
  readonly artifact?: ArtifactRequest;
  readonly viewers: readonly string[];
  /** Grants beside those of the team and the viewers. */
  readonly given: readonly Json[];
  readonly route: RouteFacts;
  readonly tags: TaskTags;
}

/** Reads them; undefined when it is no request of Hermes, or names artifacts in a way of its own. Pure. */
export function readFacts(dag: AirflowDag, task: AirflowTask): RequestFacts | undefined {
  const [owner, ...others] = listOf(task.json.access_control_list);
  const team = owner?.group_name;
  const artifact = readArtifact(dag, task);
  if (typeof team !== 'string' || (artifact === undefined && Object.hasOwn(dag.requests, task.task_id)))
    return undefined;
  const cluster = listOf(task.json.tasks)
    .map((each) => objectOf(each.new_cluster))
    .find((each) => Object.keys(each).length > 0);
  const tagged = objectOf(cluster?.custom_tags).project;
  const project = artifact?.project ?? (typeof tagged === 'string' ? tagged : undefined);
  const given = others.findIndex((each) => !isViewer(each));
  const viewers = given < 0 ? others : others.slice(0, given);
  const known = { dagId: dag.dag_id, taskId: task.task_id, team, dagTags: dagTags(dag) };
  return {
    team,
    ...(project === undefined ? {} : { project }),
    ...(artifact === undefined ? {} : { artifact }),
    viewers: viewers.map(({ group_name }) => String(group_name)),
    given: given < 0 ? [] : others.slice(given),
    route: readRoute(team, objectOf(cluster?.spark_env_vars)),
    tags: taskTags(project === undefined ? known : { ...known, project }),
  };
}

function dagTags({ options }: AirflowDag): string[] {
  return Array.isArray(options.tags) ? options.tags.map(String) : [];
}

function isViewer(grant: JsonObject): boolean {
  return isDeepStrictEqual(grant, { group_name: grant.group_name, permission_level: 'CAN_VIEW' });
}

/** The request that its lookup was made of; undefined when another would come of it. */
function readArtifact({ requests }: AirflowDag, { task_id }: AirflowTask): ArtifactRequest | undefined {
  const lookup = Object.hasOwn(requests, task_id) ? requests[task_id] : undefined;
  if (lookup === undefined) return undefined;
  const { team, project, script, wish, library } = lookup;
  const request = {
    ...{ team, project, script, scriptVersion: wish },
    ...(library === undefined ? {} : { libraryVersion: library === 'none' ? library : library.wish }),
  };
  return isDeepStrictEqual(artifactLookup(request), lookup) ? request : undefined;
}

/** How the task reaches its tables, as its variables tell it. */
function readRoute(team: string, variables: JsonObject): RouteFacts {
  const prefix = teamVariable(team, 'read_prefix');
  const names = (text: Json | undefined) => (typeof text === 'string' ? text.split(',') : []);
  const read = names(variables.HERMES_INPUTS);
  const outputs = names(variables.HERMES_OUTPUTS);
  const isShared = variables.HERMES_READ_PREFIX !== '';
  const bare = read.filter((name) => !name.startsWith(prefix) && !outputs.includes(name));
  return {
    team,
    settings: {
      inputs: read.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)),
      outputs,
      use_data_sharing: isShared,
    },
    writtenBefore: new Set(isShared ? bare : []),
  };
}

/** The objects in a list; none for what is no list. */
export function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** An object; an empty one for anything else. */
export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
