import { type Json, type JsonObject, parseJson } from '../../../core/json.ts';
import { ownTagProblem } from '../../../core/tags.ts';
import type { CompiledDag } from '../compile/plan-build.ts';
import { valueAt } from './differing-paths.ts';

/** A compiled DAG, apart from its tasks. */
export interface DagFacts {
  readonly dagId: string;
  readonly source: string;
  readonly description?: string;
  /** Of its author; those that Hermes adds are left out. */
  readonly tags: readonly string[];
  /** The manifest's line without tasks and what they ask for. */
  readonly own: JsonObject;
  /** By id. */
  readonly tasks: ReadonlyMap<string, TaskFacts>;
}

/** A compiled task in the words of its author. */
export interface TaskFacts {
  readonly taskId: string;
  /** What the manifest says of it; `request` is what its first task looks up for it. */
  readonly own: JsonObject;
  /** Absent for a request that names none. */
  readonly team?: string;
  /** Absent for a task that takes nothing of the store. */
  readonly artifact?: ArtifactWish;
  /** Groups beside the team that may see its runs. */
  readonly viewers: readonly string[];
  /** Names of tables; those that go without the read prefix say so. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** What a task takes of the artifact store. */
export interface ArtifactWish {
  readonly team: string;
  readonly project: string;
  readonly script: string;
  /** As its author wrote it: `latest`, a version, a branch. */
  readonly version: string;
}

/** Reads what was compiled. Pure. */
export function readCompiled({ dagId, line, source }: CompiledDag): DagFacts {
  const { tasks, requests, ...own } = objectOf(parseJson(line));
  const all = listOf(tasks).map((task) => {
    const taskId = textOf(objectOf(task).task_id);
    return readTask(taskId, objectOf(task), valueAt(requests, [taskId]));
  });
  const description = textOf(valueAt(own, ['options', 'description']));
  return {
    dagId,
    source,
    ...(description === '' ? {} : { description }),
    tags: listOf(valueAt(own, ['options', 'tags']))
      .map(textOf)
      .filter((tag) => ownTagProblem(tag) === undefined),
    own,
    tasks: new Map(all.map((task) => [task.taskId, task])),
  };
}

function readTask(taskId: string, task: JsonObject, request: Json | undefined): TaskFacts {
  const access = listOf(valueAt(task, ['json', 'access_control_list'])).map(objectOf);
  const manager = access.find((entry) => entry.permission_level === 'CAN_MANAGE_RUN');
  const team = textOf(objectOf(request).team) || textOf(manager?.group_name);
  const artifact = request === undefined ? undefined : artifactOf(objectOf(request));
  const others = access.filter((entry) => entry !== manager);
  return {
    taskId,
    own: request === undefined ? task : { ...task, request },
    ...(team === '' ? {} : { team }),
    ...(artifact === undefined ? {} : { artifact }),
    viewers: others.map(viewerText),
    reads: tablesOf(task, 'HERMES_INPUTS').map(tableText),
    writes: tablesOf(task, 'HERMES_OUTPUTS'),
  };
}

function artifactOf({ team, project, script, wish }: JsonObject): ArtifactWish {
  return { team: textOf(team), project: textOf(project), script: textOf(script), version: textOf(wish) };
}

/** Beside groups with `CAN_VIEW`, an operator of a team's own may name users and other levels. */
function viewerText(entry: JsonObject): string {
  const { permission_level: level, ...who } = entry;
  const name = Object.values(who).map(textOf).join(' ');
  return level === 'CAN_VIEW' ? name : `${name} (${textOf(level)})`;
}

function tablesOf(task: JsonObject, variable: string): string[] {
  const names = listOf(valueAt(task, ['json', 'tasks'])).flatMap((each) => {
    const text = textOf(valueAt(each, ['new_cluster', 'spark_env_vars', variable]));
    return text === '' ? [] : text.split(',');
  });
  return [...new Set(names)];
}

/** `{{ var.json.hermes_weather.read_prefix }}market.stations` is read by the prefix; a bare name is read as it is. */
function tableText(route: string): string {
  const bare = route.replace(/^\{\{[^{}]*\}\}/, '');
  return bare === route ? `${route} (without read prefix)` : bare;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
