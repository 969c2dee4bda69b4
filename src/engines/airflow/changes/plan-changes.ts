import type { CompiledDag } from '../compile/plan-build.ts';
import { type DagFacts, readCompiled, type TaskFacts } from './compiled-facts.ts';
import { dagFieldName, dagTopics, scheduleWords } from './dag-topics.ts';
import { compareFields, type FieldChange } from './field-change.ts';
import { isFollowing, taskFieldName, taskTopics } from './task-topics.ts';

/** What becomes of the DAGs of Airflow when one build takes the place of another. */
export interface DagChanges {
  readonly added: readonly AddedDag[];
  readonly changed: readonly ChangedDag[];
  readonly removed: readonly RemovedDag[];
  /** How many stay as they are. */
  readonly unchanged: number;
}

/** A DAG that was not there. */
interface AddedDag {
  readonly dag: DagFacts;
  /** `every day at 06:00, Europe/Madrid` */
  readonly schedule: string;
  /** The DAG in the place of which it stands, when its file held only that one before. Airflow takes it for another. */
  readonly insteadOf?: string;
}

/** A DAG that says something else. */
export interface ChangedDag {
  readonly before: DagFacts;
  readonly after: DagFacts;
  readonly fields: readonly FieldChange[];
  readonly tasks: {
    readonly added: readonly TaskFacts[];
    readonly changed: readonly TaskChange[];
    readonly removed: readonly TaskFacts[];
  };
}

/** A task that says something else. */
interface TaskChange {
  readonly taskId: string;
  readonly fields: readonly FieldChange[];
}

/** A DAG that is gone: Airflow deactivates it and keeps its history. */
interface RemovedDag {
  readonly dag: DagFacts;
}

/** Says what differs between two builds, DAG by DAG, in the order of their ids. Every difference is told. Pure. */
export function planChanges(before: readonly CompiledDag[], after: readonly CompiledDag[]): DagChanges {
  const earlier = new Map(before.map((dag) => [dag.dagId, dag]));
  const later = new Map(after.map((dag) => [dag.dagId, dag]));
  const ids = [...new Set([...earlier.keys(), ...later.keys()])].sort();
  const removed = ids.flatMap((id) => {
    const gone = later.has(id) ? undefined : earlier.get(id);
    return gone === undefined ? [] : [{ dag: readCompiled(gone) }];
  });
  const fresh = ids.flatMap((id) => {
    const one = earlier.has(id) ? undefined : later.get(id);
    return one === undefined ? [] : [readCompiled(one)];
  });
  const changed = ids.flatMap((id) => {
    const [was, is] = [earlier.get(id), later.get(id)];
    const isSame =
      was === undefined || is === undefined || (was.line === is.line && was.source === is.source);
    return isSame ? [] : [compareDags(readCompiled(was), readCompiled(is), was.line !== is.line)];
  });
  const replaced = replacedDags(fresh, removed);
  return {
    added: fresh.map((dag) => {
      const insteadOf = replaced.get(dag.dagId);
      const added = { dag, schedule: scheduleWords(dag.own) };
      return insteadOf === undefined ? added : { ...added, insteadOf };
    }),
    changed,
    removed,
    unchanged: ids.length - fresh.length - changed.length - removed.length,
  };
}

/** Only a file that held one DAG and holds one says which took the place of which. */
function replacedDags(
  fresh: readonly DagFacts[],
  removed: readonly RemovedDag[],
): ReadonlyMap<string, string> {
  const [later, earlier] = [bySource(fresh), bySource(removed.map(({ dag }) => dag))];
  return new Map(
    [...later].flatMap(([source, [one, ...others]]) => {
      const [old, ...more] = earlier.get(source) ?? [];
      const isPair = one !== undefined && old !== undefined && others.length + more.length === 0;
      return isPair ? [[one.dagId, old.dagId] as const] : [];
    }),
  );
}

function bySource(dags: readonly DagFacts[]): ReadonlyMap<string, readonly DagFacts[]> {
  return Map.groupBy(dags, ({ source }) => source);
}

function compareDags(before: DagFacts, after: DagFacts, isOther: boolean): ChangedDag {
  const fields = compareFields(
    { subject: before.own, values: before.own },
    { subject: after.own, values: after.own },
    dagTopics,
    dagFieldName,
  );
  const ids = [...new Set([...before.tasks.keys(), ...after.tasks.keys()])];
  const changed = ids.flatMap((id) => {
    const [was, is] = [before.tasks.get(id), after.tasks.get(id)];
    const own = was === undefined || is === undefined ? [] : compareTasks(was, is);
    return own.length === 0 ? [] : [{ taskId: id, fields: own }];
  });
  const tasks = {
    added: [...after.tasks.values()].filter(({ taskId }) => !before.tasks.has(taskId)),
    changed,
    removed: [...before.tasks.values()].filter(({ taskId }) => !after.tasks.has(taskId)),
  };
  const isTold = fields.length + changed.length + tasks.added.length + tasks.removed.length > 0;
  const moved = before.source === after.source ? [] : [fileChange(before, after)];
  const order = isOther && !isTold ? [{ field: 'order of its parts', paths: [''] }] : [];
  return { before, after, fields: [...moved, ...fields, ...order], tasks };
}

function fileChange(before: DagFacts, after: DagFacts): FieldChange {
  return { field: 'file', paths: [], before: before.source, after: after.source };
}

/** Places that only follow from others are told as one, where there are others. */
function compareTasks(before: TaskFacts, after: TaskFacts): FieldChange[] {
  const follows: string[] = [];
  const all = compareFields(
    { subject: before, values: before.own },
    { subject: after, values: after.own },
    taskTopics,
    (path) => {
      const name = taskFieldName(path);
      if (isFollowing(path)) follows.push(name);
      return name;
    },
  );
  const rest = all.filter(({ field }) => !follows.includes(field));
  if (rest.length === 0 || follows.length === 0) return all;
  const following = all.filter(({ field }) => follows.includes(field));
  const paths = following.flatMap((change) => change.paths);
  return [...rest, { field: 'what follows from that', paths, after: [...new Set(follows)].join(', ') }];
}
