import { ownTagProblem, parseTag, SERVICE_TAG, tagLine, tagValue } from '../core/tags.ts';

/** What the tags of a task are made of, as far as it is known when the task is planned. */
export interface TagFacts {
  readonly dagId: string;
  readonly taskId: string;
  readonly team: string;
  /** Absent for a task that runs nothing of a project. */
  readonly project?: string;
  /** Tags of the DAG as its author wrote them; `key:value` ones become tags of the task, but for those that may not. */
  readonly dagTags: readonly string[];
}

/** Tags of a task by their keys, in the form that clusters, the bill and Datadog share. */
export type TaskTags = Readonly<Record<string, string>>;

/**
 * The one description of a task's tags: a cluster's `custom_tags`, `DD_TAGS` and the tags of metrics come from it.
 * What only the run knows (environment, version) is added where it is known.
 */
export function taskTags({ dagId, taskId, team, project, dagTags }: TagFacts): TaskTags {
  const fitting = dagTags.filter((text) => ownTagProblem(text) === undefined);
  const own = fitting.flatMap((text) => parseTag(text) ?? []).map(({ key, value }) => [key, value] as const);
  const ours = {
    team: tagValue('team', team),
    ...(project === undefined ? {} : { project: tagValue('project', project) }),
    dag: tagValue('dag', dagId),
    task: tagValue('task', taskId),
    [SERVICE_TAG.key]: SERVICE_TAG.value,
  };
  return { ...ours, ...Object.fromEntries(own) };
}

/** Tags as Datadog writes them: `team:weather`, … */
export function tagLines(tags: TaskTags): string[] {
  return Object.entries(tags).map(([key, value]) => tagLine({ key, value }));
}
