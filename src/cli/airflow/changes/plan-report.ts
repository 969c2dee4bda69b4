import { printableLine } from '../../../core/printable.ts';
import { formatProblem } from '../../../core/problems.ts';
import { artifactText, type FactChange } from '../../../engines/airflow/changes/change-facts.ts';
import type { TaskFacts } from '../../../engines/airflow/changes/compiled-facts.ts';
import type { Cli } from '../../cli.ts';
import { clip, counted } from '../../table.ts';
import { baseDoubts, noChangeText } from './base-doubts.ts';
import type { PullRequestPlan } from './compile-both.ts';
import { countsText, type DagBlock, dagBlocks, factBlocks, hasChanges } from './describe-changes.ts';

const LONGEST = 200;
const COLOURS = { '+': 'green', '~': 'yellow', '-': 'red' } as const;

/** Prints a plan for a person at a terminal, or for a program. */
export function reportPlan(cli: Cli, plan: PullRequestPlan): void {
  for (const object of planObjects(plan)) cli.object(object);
  if (cli.quiet) cli.result(countsText(plan.changes) || 'no DAGs');
  for (const { sentence, problems } of baseDoubts(plan.baseProblems)) {
    cli.note(`! ${sentence}`);
    for (const problem of problems) cli.note(`    ${formatProblem(problem)}`);
  }
  const against = `compared with ${printableLine(plan.base.ref)} at ${plan.base.commit.slice(0, 7)}`;
  if (!hasChanges(plan.changes)) {
    printFacts(cli, plan);
    cli.print(`${noChangeText(plan.baseProblems)}, ${against} (${counted(plan.changes.unchanged, 'DAG')}).`);
    return;
  }
  for (const block of dagBlocks(plan.changes, show))
    for (const line of blockLines(cli, block)) cli.print(line);
  printFacts(cli, plan);
  cli.print();
  cli.print(`DAGs: ${countsText(plan.changes)} · ${plan.environment}, ${against}`);
}

function printFacts(cli: Cli, plan: PullRequestPlan): void {
  for (const { title, lines } of factBlocks(plan, show)) {
    cli.print(cli.style('bold', title));
    for (const line of lines) cli.print(`    ${line}`);
  }
}

function show(text: string): string {
  return clip(printableLine(text), LONGEST);
}

function blockLines(cli: Cli, { mark, dagId, summary, details }: DagBlock): string[] {
  const head = `${cli.style(COLOURS[mark], mark)} ${cli.style('bold', dagId)}  ${summary}`;
  return [head, ...details.map((line) => `    ${line}`)];
}

/** The plan for programs: an overview, then each DAG. */
function planObjects({
  environment,
  base,
  changes,
  facts,
  policies,
  variables,
  baseProblems,
}: PullRequestPlan): object[] {
  const { added, changed, removed, unchanged } = changes;
  return [
    {
      environment,
      base,
      added: added.length,
      changed: changed.length,
      removed: removed.length,
      unchanged,
      policies,
      variables,
      viewers: facts.viewers.map(factObject),
      reads: facts.reads.map(factObject),
      writes: facts.writes.map(factObject),
      artifacts: facts.artifacts.map(factObject),
      baseProblems,
    },
    ...removed.map(({ dag }) => ({ dag: dag.dagId, change: 'removed', source: dag.source })),
    ...added.map(({ dag, schedule, insteadOf }) => ({
      dag: dag.dagId,
      change: 'added',
      source: dag.source,
      description: dag.description,
      tags: dag.tags,
      schedule,
      insteadOf,
      tasks: [...dag.tasks.values()].map(taskObject),
    })),
    ...changed.map(({ after, fields, tasks }) => ({
      dag: after.dagId,
      change: 'changed',
      source: after.source,
      fields,
      tasks: {
        added: tasks.added.map(taskObject),
        changed: tasks.changed,
        removed: tasks.removed.map(({ taskId }) => taskId),
      },
    })),
  ];
}

function factObject({ kind, name, dagId, taskIds }: FactChange): object {
  return { kind, name, dag: dagId, tasks: taskIds };
}

function taskObject({ taskId, team, artifact, reads, writes, viewers }: TaskFacts): object {
  const runs = artifact === undefined ? undefined : artifactText(artifact);
  return { task: taskId, team, artifact: runs, reads, writes, viewers };
}
