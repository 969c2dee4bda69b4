import { withWrittenDates } from '../../../../operators/run-date.ts';
import type { Json } from '../../../core/json.ts';
import type { TaskFacts } from './compiled-facts.ts';
import { at, secondsWords, textsOf } from './dag-topics.ts';
import { type ValuePath, valueAt } from './differing-paths.ts';
import { shownValue, type Topic } from './field-change.ts';

const VERSION = ['wish', 'via', 'key', 'version', 'is_feature'];
/** Names that follow from team, project, DAG and task, and so change with them. */
const FOLLOWS = /^(DD_\w+|HERMES_(?!INPUTS$|OUTPUTS$)\w+)$/;

/** The options of a task in words. */
export const taskTopics: readonly Topic<TaskFacts>[] = [
  { field: 'team', covers: isOfTeam, read: ({ team }) => team },
  { field: 'project', covers: isOfProject, read: ({ artifact }) => artifact?.project },
  { field: 'script', covers: at('request', 'script'), read: ({ artifact }) => artifact?.script },
  { field: 'version', covers: isOfVersion, read: ({ artifact }) => artifact?.version },
  { field: 'library', covers: isOfLibrary, read: libraryWords },
  { field: 'parameters', covers: isParameter, read: parameterWords },
  { field: 'viewers', covers: at('json', 'access_control_list'), read: ({ viewers }) => viewers },
  { field: 'reads', covers: isVariable('HERMES_INPUTS'), read: ({ reads }) => reads },
  { field: 'writes', covers: isVariable('HERMES_OUTPUTS'), read: ({ writes }) => writes },
  { field: 'data sharing', covers: isVariable('HERMES_READ_PREFIX'), read: sharingWords },
  { field: 'cluster tags', covers: isClusterTag, read: clusterTags },
  { field: 'after', covers: at('upstream'), read: ({ own }) => textsOf(own.upstream) },
  ...(['retry_delay', 'max_retry_delay', 'execution_timeout'] as const).map((name) => ({
    field: name.replaceAll('_', ' '),
    covers: at('options', name),
    read: ({ own }: TaskFacts) => secondsWords(valueAt(own, ['options', name])),
  })),
  {
    field: 'timeout of the run',
    covers: at('json', 'timeout_seconds'),
    read: ({ own }) => secondsWords(valueAt(own, ['json', 'timeout_seconds'])),
  },
];

/** Whether a place only repeats what team, project, DAG and task are called. */
export function isFollowing(path: ValuePath): boolean {
  const [first, second] = path;
  if (first === 'databricks_conn_id' || isOfVersion(path)) return true;
  if (first !== 'json') return false;
  const [key, inner = ''] = path.slice(-2);
  return (
    second === 'run_name' ||
    second === 'idempotency_token' ||
    (key === 'spark_env_vars' && FOLLOWS.test(inner)) ||
    inner === 'policy_id'
  );
}

/** Name of an option of a task that has no words of its own: `retries`, `variable MODE`, a path of the request. */
export function taskFieldName(path: ValuePath): string {
  const [first, ...rest] = path;
  if (first === 'options') return rest.join('.').replaceAll('_', ' ');
  const [key, name = ''] = path.slice(-2);
  if (key === 'spark_env_vars') return `variable ${name}`;
  return (first === 'json' ? rest : path).join('.').replace(/^tasks\.0\./, '');
}

function isOfTeam(path: ValuePath): boolean {
  return at('request', 'team')(path) || at('json', 'access_control_list', '0')(path);
}

function isOfProject(path: ValuePath): boolean {
  return at('request', 'project')(path);
}

function isOfVersion([first, second = '']: ValuePath): boolean {
  return first === 'request' && VERSION.includes(second);
}

function isOfLibrary(path: ValuePath): boolean {
  return (
    at('request', 'library')(path) || (path[0] === 'json' && path[1] === 'tasks' && path[3] === 'libraries')
  );
}

function libraryWords({ own, artifact }: TaskFacts): string | undefined {
  if (artifact === undefined) return undefined;
  const library = valueAt(own, ['request', 'library']);
  if (library === undefined) return 'of the same version';
  return typeof library === 'string' ? library : shownValue(valueAt(library, ['wish']) ?? library);
}

function isParameter(path: ValuePath): boolean {
  return path[0] === 'json' && path[1] === 'tasks' && path.at(-1) === 'parameters';
}

/** `["--day","{{ ds }}"]`, as its author wrote it; undefined for a task that takes none. */
export function parameterWords({ own }: TaskFacts): string | undefined {
  const lists = tasksOf(own.json).map((task) => valueAt(task, ['spark_python_task', 'parameters']));
  const known = lists.filter((list) => list !== undefined);
  return known.length === 0
    ? undefined
    : known.map((list) => withWrittenDates(JSON.stringify(list))).join(' ');
}

function isVariable(name: string): (path: ValuePath) => boolean {
  return (path) => path[0] === 'json' && path.at(-2) === 'spark_env_vars' && path.at(-1) === name;
}

function sharingWords({ own }: TaskFacts): string {
  const prefixes = tasksOf(own.json).map((task) =>
    valueAt(task, ['new_cluster', 'spark_env_vars', 'HERMES_READ_PREFIX']),
  );
  return prefixes.every((prefix) => prefix === '') ? 'off' : 'on';
}

function isClusterTag(path: ValuePath): boolean {
  return path[0] === 'json' && path.at(-2) === 'custom_tags';
}

function clusterTags({ own }: TaskFacts): readonly string[] {
  const tags = tasksOf(own.json).flatMap((task) =>
    Object.entries(valueAt(task, ['new_cluster', 'custom_tags']) ?? {}).map(
      ([key, value]) => `${key}:${shownValue(value as Json)}`,
    ),
  );
  return [...new Set(tags)];
}

function tasksOf(json: Json | undefined): readonly Json[] {
  const tasks = valueAt(json, ['tasks']);
  return Array.isArray(tasks) ? tasks : [];
}
