import type { ArtifactWish, DagFacts, TaskFacts } from './compiled-facts.ts';
import type { DagChanges } from './plan-changes.ts';

/** Something that tasks get or lose, for a reader who asks who sees and reads what. */
export interface FactChange {
  readonly kind: 'added' | 'removed';
  /** A group, a table, an artifact. */
  readonly name: string;
  readonly dagId: string;
  readonly taskIds: readonly string[];
}

/** What a change means for access, tables and artifacts. */
export interface ChangeFacts {
  /** Teams of DAGs that are added, changed or removed. */
  readonly teams: readonly string[];
  readonly viewers: readonly FactChange[];
  readonly reads: readonly FactChange[];
  readonly writes: readonly FactChange[];
  /** `observations monthly 1.4.0 of weather` */
  readonly artifacts: readonly FactChange[];
}

/** Gathers from a plan who sees more or less, and which tables and artifacts come and go. Pure. */
export function changeFacts(changes: DagChanges): ChangeFacts {
  const pairs: Pair[] = [
    ...changes.added.map(({ dag }) => ({ after: dag })),
    ...changes.changed.map(({ before, after }) => ({ before, after })),
    ...changes.removed.map(({ dag }) => ({ before: dag })),
  ];
  pairs.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const tasks = pairs.flatMap(({ before, after }) => [...tasksOf(before), ...tasksOf(after)]);
  const gather = (read: (task: TaskFacts) => readonly string[], isByTask: boolean) =>
    pairs.flatMap((pair) => differencesIn(pair, read, isByTask));
  return {
    teams: [...new Set(tasks.flatMap(({ team }) => team ?? []))].sort(),
    viewers: gather(({ viewers }) => viewers, true),
    reads: gather(({ reads }) => reads, false),
    writes: gather(({ writes }) => writes, false),
    artifacts: gather(({ artifact }) => (artifact === undefined ? [] : [artifactText(artifact)]), true),
  };
}

/** `observations monthly 1.4.0 of weather`; a script that is called like its project is named once. */
export function artifactText({ team, project, script, version }: ArtifactWish): string {
  return `${project === script ? project : `${project} ${script}`} ${version} of ${team}`;
}

interface Pair {
  readonly before?: DagFacts | undefined;
  readonly after?: DagFacts | undefined;
}

/** @param isByTask False = what moves from one task of a DAG to another is no difference. */
function differencesIn(
  { before, after }: Pair,
  read: (task: TaskFacts) => readonly string[],
  isByTask: boolean,
): FactChange[] {
  const [had, has] = [uses(before, read), uses(after, read)];
  const missing = (from: Uses, other: Uses, kind: FactChange['kind']): FactChange[] =>
    [...from].flatMap(([name, taskIds]) => {
      const known = other.get(name) ?? [];
      const own = isByTask ? taskIds.filter((id) => !known.includes(id)) : known.length > 0 ? [] : taskIds;
      return own.length === 0 ? [] : [{ kind, name, dagId: idOf({ before, after }), taskIds: own }];
    });
  return [...missing(has, had, 'added'), ...missing(had, has, 'removed')];
}

type Uses = ReadonlyMap<string, readonly string[]>;

function uses(dag: DagFacts | undefined, read: (task: TaskFacts) => readonly string[]): Uses {
  const found = new Map<string, string[]>();
  for (const task of tasksOf(dag))
    for (const name of read(task)) found.set(name, [...(found.get(name) ?? []), task.taskId]);
  return found;
}

function tasksOf(dag: DagFacts | undefined): readonly TaskFacts[] {
  return [...(dag?.tasks.values() ?? [])];
}

function idOf({ before, after }: Pair): string {
  return (after ?? before)?.dagId ?? '';
}
