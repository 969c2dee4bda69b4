import type { Json } from '../../../core/json.ts';
import { artifactText, type FactChange } from '../../../engines/airflow/changes/change-facts.ts';
import type { DagFacts, TaskFacts } from '../../../engines/airflow/changes/compiled-facts.ts';
import { type FieldChange, shownValue } from '../../../engines/airflow/changes/field-change.ts';
import type { ChangedDag, DagChanges } from '../../../engines/airflow/changes/plan-changes.ts';
import { parameterWords } from '../../../engines/airflow/changes/task-topics.ts';
import { counted } from '../../table.ts';
import type { PullRequestPlan, TeamPolicy } from './compile-both.ts';
import type { VariableChange } from './variable-changes.ts';

/** Makes a text of unknown origin fit to stand in a sentence. */
export type Show = (text: string) => string;

/** One DAG of a plan in sentences. */
export interface DagBlock {
  readonly mark: '+' | '~' | '-';
  readonly dagId: string;
  /** One sentence. */
  readonly summary: string;
  readonly details: readonly string[];
}

/** A heading, and a line for each thing below it. */
export interface FactBlock {
  readonly title: string;
  readonly lines: readonly string[];
}

/** `1 added, 2 changed, 1 removed, 40 unchanged` */
export function countsText({ added, changed, removed, unchanged }: DagChanges): string {
  const counts = { added: added.length, changed: changed.length, removed: removed.length, unchanged };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}

/** Whether DAGs change. */
export function hasChanges({ added, changed, removed }: DagChanges): boolean {
  return added.length + changed.length + removed.length > 0;
}

/** What a plan says beside its DAGs. */
type Told = Pick<PullRequestPlan, 'facts' | 'policies' | 'variables' | 'environment'>;

/** Every DAG that is added, changed or removed: those first that somebody has to know of before he merges. */
export function dagBlocks({ added, changed, removed }: DagChanges, show: Show): DagBlock[] {
  return [
    ...removed.map(({ dag }): DagBlock => {
      const summary = 'removed: Airflow deactivates it and keeps its history';
      return { mark: '-', dagId: dag.dagId, summary, details: [`was in ${show(dag.source)}`] };
    }),
    ...added.map(({ dag, schedule, insteadOf }): DagBlock => {
      const instead =
        insteadOf === undefined ? '' : `, instead of ${show(insteadOf)}, whose history stays there`;
      const summary = `added${instead}: ${show(schedule)}, ${counted(dag.tasks.size, 'task')}`;
      return { mark: '+', dagId: dag.dagId, summary, details: addedDetails(dag, show) };
    }),
    ...changed.map((change): DagBlock => {
      const details = changedDetails(change, show);
      return { mark: '~', dagId: change.after.dagId, summary: changedSummary(change), details };
    }),
  ];
}

function addedDetails({ source, description, tags, tasks }: DagFacts, show: Show): string[] {
  return [
    `in ${show(source)}`,
    ...(description === undefined ? [] : [`description ${show(description)}`]),
    ...(tags.length === 0 ? [] : [`tags ${tags.map(show).join(', ')}`]),
    ...[...tasks.values()].map((task) => `+ ${taskText(task, show)}`),
  ];
}

function changedSummary({ fields, tasks }: ChangedDag): string {
  // The name of a param is the author's own text.
  const words = fields.map(({ field }) =>
    field.startsWith('param ') ? 'params' : (/^[a-z ]+/.exec(field)?.[0] ?? 'options'),
  );
  const counts = (['added', 'changed', 'removed'] as const).flatMap((kind) =>
    tasks[kind].length === 0 ? [] : [`${counted(tasks[kind].length, 'task')} ${kind}`],
  );
  return `changed: ${[...new Set(words), ...counts].join(', ')}`;
}

function changedDetails({ fields, tasks, after }: ChangedDag, show: Show): string[] {
  const groups = new Map<string, { readonly change: FieldChange; readonly taskIds: string[] }>();
  for (const { taskId, fields: own } of tasks.changed)
    for (const change of own) {
      const key = JSON.stringify({ ...change, paths: undefined });
      const group = groups.get(key) ?? { change, taskIds: [] };
      group.taskIds.push(taskId);
      groups.set(key, group);
    }
  return [
    ...fields.map((change) => fieldText(change, show)),
    ...tasks.removed.map(({ taskId }) => `- ${show(taskId)}`),
    ...tasks.added.map((task) => `+ ${taskText(task, show)}`),
    ...[...groups.values()].map(
      ({ change, taskIds }) => `${tasksText(taskIds, after.tasks.size, show)}: ${fieldText(change, show)}`,
    ),
  ];
}

/** More than a few are counted. */
function tasksText(taskIds: readonly string[], total: number, show: Show): string {
  if (taskIds.length > 3 && taskIds.length === total) return `all ${total} tasks`;
  const named = taskIds.slice(0, 5).map(show).join(', ');
  return taskIds.length > 5 ? `${named} and ${taskIds.length - 5} more` : named;
}

function taskText(task: TaskFacts, show: Show): string {
  const { taskId, artifact, team, reads, writes, viewers } = task;
  const parameters = parameterWords(task);
  const list = (word: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${word} ${names.map(show).join(', ')}`];
  const runs = artifact === undefined ? `a task of ${show(team ?? 'no team')}` : show(artifactText(artifact));
  const given = parameters === undefined || parameters === '[]' ? [] : [`parameters ${show(parameters)}`];
  const more = [...given, ...list('reads', reads), ...list('writes', writes), ...list('viewers', viewers)];
  return [`${show(taskId)}: ${runs}`, ...more].join('; ');
}

function fieldText({ field, before, after, added, removed }: FieldChange, show: Show): string {
  const name = /^[a-z ]+$/.test(field) ? field : show(field);
  if (added !== undefined || removed !== undefined) {
    const each = [
      ...(added ?? []).map((one) => `+ ${show(one)}`),
      ...(removed ?? []).map((one) => `- ${show(one)}`),
    ];
    return `${name} ${each.join(', ')}`;
  }
  if (before === undefined && after === undefined) return name;
  if (field === 'what follows from that') return `${name}: ${show(after ?? '')}`;
  return `${name} ${before === undefined ? 'not set' : show(before)} → ${after === undefined ? 'not set' : show(after)}`;
}

/** Who sees more, what is read and written, which scripts and variables come: empty blocks are left out. */
export function factBlocks({ facts, policies, variables, environment }: Told, show: Show): FactBlock[] {
  const { viewers, reads, writes, artifacts } = facts;
  const blocks: readonly [string, readonly FactChange[]][] = [
    ['Who may see runs and their logs', viewers],
    ['Tables that are written', writes],
    ['Tables that are read', reads],
    ['Artifacts', artifacts],
  ];
  return [
    { title: 'Variables of Airflow', lines: variables.flatMap((change) => variableTexts(change, show)) },
    ...blocks.map(([title, changes]) => ({ title, lines: changes.map((change) => factText(change, show)) })),
    {
      title: `Cluster policies in ${environment}`,
      lines: policies.map((policy) => policyText(policy, show)),
    },
  ].filter(({ lines }) => lines.length > 0);
}

function variableTexts({ environment, name, kind, keys }: VariableChange, show: Show): string[] {
  const mark = { added: '+ ', changed: '', removed: '- ' }[kind];
  const subject = `${mark}${show(name)} in ${show(environment)}`;
  if (keys.length === 0) return [kind === 'changed' ? `${subject}: another value` : subject];
  const shown = (value: unknown) => (value === undefined ? 'not set' : show(shownValue(value as Json)));
  return keys.map(({ key, before, after }) => `${subject}: ${show(key)} ${shown(before)} → ${shown(after)}`);
}

function factText({ kind, name, dagId, taskIds }: FactChange, show: Show): string {
  const some = taskIds
    .slice(0, 5)
    .map((taskId) => show(`${dagId}.${taskId}`))
    .join(', ');
  const more = taskIds.length > 5 ? ` and ${taskIds.length - 5} more` : '';
  return `${kind === 'added' ? '+' : '-'} ${show(name)}: ${some}${more}`;
}

function policyText({ team, policyId, was }: TeamPolicy, show: Show): string {
  const shown = (id: string) => (id === '' ? 'made by the workspace of the machine' : show(id));
  return `${show(team)}: ${was === undefined ? '' : `${shown(was)} → `}${shown(policyId)}`;
}
