import { z } from 'zod';
import { camelCase, renameKeys } from '../core/letter-case.ts';
import type { Problem } from '../core/problems.ts';
import { findSourceProblems, placeProblem, type ValueProblem } from '../core/schema-problems.ts';
import { parseYaml, type SourceDocument } from '../core/source-document.ts';
import { emptyDag, findTimingProblems } from './check-dag.ts';
import { findGraphProblems } from './check-graph.ts';
import { findTableOrderProblems } from './check-tables.ts';
import { findIdClashes, findTagProblems } from './check-tags.ts';
import { Dag, type DagOptions } from './dag.ts';
import { dagFileSchemas, dagOptionsSchema } from './dag-file-schema.ts';
import { dagFileWords } from './dag-file-words.ts';
import type { OperatorKind } from './operator-kind.ts';
import { builtAt } from './place.ts';
import type { Task, TaskOptions } from './task.ts';
import { idProblem } from './task-options.ts';
import { type TextPlace, textPlaceIn } from './text-place.ts';

/** The DAGs of one file, or its mistakes. */
export interface DagsOfFile {
  readonly dags: readonly Dag[];
  readonly problems: readonly Problem[];
  /** Those with problems, as far as they can be read: what else is wrong with them can be told at once. */
  readonly faulty?: readonly Dag[];
  /** Where their values stand, for files that are data. */
  readonly textPlaces?: ReadonlyMap<Dag, TextPlace>;
}

/** Reads the DAGs of a YAML text, one for each document; every mistake of the text at once. Pure. */
export function loadYaml(file: string, text: string, operators: readonly OperatorKind[]): DagsOfFile {
  const { documents, problems } = parseYaml(file, text);
  if (problems.length > 0) return { dags: [], problems };
  if (documents.length === 0)
    return { dags: [], problems: [{ file, line: 1, column: 1, message: 'The file holds no DAG.' }] };
  const loaded = documents.map((document) => loadDocument(document, operators));
  return {
    dags: loaded.flatMap(({ dags }) => dags),
    problems: loaded.flatMap((one) => one.problems),
    faulty: loaded.flatMap(({ faulty = [] }) => faulty),
    textPlaces: new Map(loaded.flatMap(({ textPlaces = new Map() }) => [...textPlaces])),
  };
}

function loadDocument(document: SourceDocument, operators: readonly OperatorKind[]): DagsOfFile {
  const content = asObject(document.value);
  const tasks = Object.entries(asObject(content.tasks));
  const at = (...path: readonly string[]) => ({ file: document.file, ...document.locate(path, 'key') });
  const schemas = dagFileSchemas(operators);
  const isSound = schemas.file.safeParse(content).success;
  const options = dagOptions(content, isSound);
  const built = builtAt(at('dag'), () => new Dag(String(content.dag ?? ''), options));
  for (const [id, raw] of tasks) {
    if (!isSound && !schemas.task.safeParse(raw).success) continue;
    const task = builtAt(at('tasks', id), () => buildTask(id, raw, operators));
    if (task !== undefined) built.add(task);
  }
  const problems = [
    ...(isSound ? [] : findSourceProblems(schemas.file, document, dagFileWords(operators))),
    ...semanticProblems(built, tasks, content, operators).map((problem) => placeProblem(problem, document)),
  ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const textPlaces = new Map([[built, textPlaceIn(document)]]);
  return problems.length === 0
    ? { dags: [built], problems, textPlaces }
    : { dags: [], problems, faulty: [built], textPlaces };
}

/** What the schema cannot say. Looks at whatever is readable, so that these mistakes are told together with the others. */
function semanticProblems(
  dag: Dag,
  tasks: readonly (readonly [string, unknown])[],
  content: Readonly<Record<string, unknown>>,
  operators: readonly OperatorKind[],
): ValueProblem[] {
  const id = typeof content.dag === 'string' ? idProblem('DAG', content.dag) : undefined;
  const nodes = tasks.map(([taskId, raw]) => ({ id: taskId, upstream: upstreamOf(raw) }));
  const readable = findTimingProblems(dag.options);
  return [
    ...(id === undefined ? [] : [{ path: ['dag'], part: 'value' as const, message: id }]),
    ...(tasks.length > 0 || !isObject(content.tasks)
      ? []
      : [{ path: ['tasks'], part: 'key' as const, message: emptyDag(content.dag) }]),
    ...readable.map(({ key, message }) => ({ message, path: [key], part: 'value' as const })),
    ...tagProblems(
      dag.options.tags ?? [],
      tasks.map(([taskId]) => taskId),
    ),
    ...findGraphProblems(nodes).map(({ node, upstream, message, hint }): ValueProblem => {
      const { id: taskId = '', upstream: after = [] } = nodes[node] ?? {};
      const place = upstream === undefined ? [] : ['after', after.indexOf(upstream)];
      return {
        path: ['tasks', taskId, ...place],
        part: upstream === undefined ? 'key' : 'value',
        message,
        ...(hint === undefined ? {} : { hint }),
      };
    }),
    ...findTableOrderProblems(dag.tasks).map(({ node, list, table, message, after }): ValueProblem => {
      const { taskId = '' } = dag.tasks[node] ?? {};
      const earlier = upstreamOf(asObject(content.tasks)[taskId]);
      const hint = `Add after: [${[...earlier, after].join(', ')}].`;
      return { ...tablePlace(content, taskId, operators, list, table), message, hint };
    }),
    ...dag.tasks.flatMap((task) =>
      task.check(dag.contextOf(task)).map((found) => ({ ...found, ...placeInFile(task, found, operators) })),
    ),
  ];
}

function tagProblems(tags: readonly string[], taskIds: readonly string[]): ValueProblem[] {
  return [
    ...findTagProblems(tags).map(
      ({ index, message }): ValueProblem => ({ path: ['tags', index], part: 'value', message }),
    ),
    ...findIdClashes('task', taskIds).map(
      ({ index, message }): ValueProblem => ({
        path: ['tasks', taskIds[index] ?? ''],
        part: 'key',
        message,
      }),
    ),
  ];
}

/** What an operator found stands below its key, or is about the task as a whole. */
function placeInFile(
  task: Task,
  { path, part }: ValueProblem,
  operators: readonly OperatorKind[],
): Pick<ValueProblem, 'path' | 'part'> {
  const kind = operators.find(({ operatorName }) => operatorName === task.operatorName);
  if (path.length === 0 || kind === undefined) return { path: ['tasks', task.taskId], part: 'key' };
  return { path: ['tasks', task.taskId, kind.key, ...path], part };
}

/** Where a task of the file names a table; the task itself where that cannot be told. */
function tablePlace(
  content: Readonly<Record<string, unknown>>,
  taskId: string,
  operators: readonly OperatorKind[],
  list: 'inputs' | 'outputs',
  table: string,
): Pick<ValueProblem, 'path' | 'part'> {
  const raw = asObject(asObject(content.tasks)[taskId]);
  const kind = operators.find(({ key }) => Object.hasOwn(raw, key));
  const names = kind === undefined ? undefined : asObject(raw[kind.key])[list];
  const index = Array.isArray(names)
    ? names.findIndex((name) => name === table || asObject(name).table === table)
    : -1;
  return kind === undefined || index < 0
    ? { path: ['tasks', taskId], part: 'key' }
    : { path: ['tasks', taskId, kind.key, list, index], part: 'value' };
}

/** A task whose keys are right; undefined without an operator. */
function buildTask(id: string, raw: unknown, operators: readonly OperatorKind[]): Task | undefined {
  const written = asObject(raw);
  const kind = operators.find(({ key }) => Object.hasOwn(written, key));
  if (kind === undefined) return undefined;
  const { after, [kind.key]: _read, ...common } = written;
  const options = { taskId: id, ...renameKeys(common, camelCase) } as TaskOptions;
  const upstream = after as readonly string[] | undefined;
  // As written: the operator reads its options itself, whoever wrote them.
  const own = asObject(written[kind.key]);
  return kind.create(upstream === undefined ? options : { ...options, dependsOn: upstream }, own);
}

function dagOptions(content: Readonly<Record<string, unknown>>, isSound: boolean): DagOptions {
  const { dag: _dag, tasks: _tasks, ...options } = content;
  if (isSound || dagOptionsSchema.safeParse(options).success)
    return renameKeys(options, camelCase) as DagOptions;
  const team = z.string().safeParse(content.team);
  return team.success ? { team: team.data } : {};
}

function upstreamOf(raw: unknown): string[] {
  const { after } = asObject(raw);
  return Array.isArray(after) ? after.map(String) : [];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
