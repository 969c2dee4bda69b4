import type { Command } from 'commander';
import { stringify } from 'yaml';
import { operators } from '../../../operators/registry.ts';
import type { ArtifactRequest } from '../../core/artifact-request.ts';
import { ProblemsError } from '../../core/problems.ts';
import { redactJson } from '../../core/redaction.ts';
import type { Dag } from '../../dag/dag.ts';
import { type DagDescription, describeDag, type TaskDescription } from '../../dag/describe-dag.ts';
import { type LoadedDag, loadDags } from '../../dag/load-dags.ts';
import type { Cli } from '../cli.ts';
import { drawTasks, scheduleWords, upcoming, wallClock } from '../dags/dag-lines.ts';

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('<file>', 'a DAG file')
    .option('--task <id>', 'print what this task would submit to Databricks')
    .addHelpText(
      'after',
      `
With --quiet the ids of the tasks, one per line; with --task the request.

Values in {{ … }} belong to the run and the environment; they are filled in when the task starts.

Examples:
  hermes dag show dags/seattle.dag.yaml
  hermes dag show dags/seattle.dag.yaml --task report
  hermes dag show dags/seattle.dag.yaml --json`,
    )
    .action(async (file: string, { task }: { task?: string }) => {
      const cli = openCli();
      const { dags, problems } = await loadDags([file], { operators, cwd: cli.cwd });
      if (problems.length > 0) throw new ProblemsError(problems);
      if (task !== undefined) showTask(cli, dags, task);
      else for (const loaded of dags) showDag(cli, loaded.dag);
    });
}

function showTask(cli: Cli, dags: readonly LoadedDag[], id: string): void {
  const holder = dags.find(({ dag }) => dag.tasks.some((task) => task.taskId === id)) ?? dags[0];
  if (holder === undefined) return;
  const task = holder.dag.task(id);
  const { submit } = task.plan(holder.dag.contextOf(task));
  cli.object(submit);
  cli.result(stringify(redactJson(submit), { lineWidth: 0 }));
}

function showDag(cli: Cli, dag: Dag): void {
  const description = describeDag(dag);
  const { timezone } = description;
  const runs = upcoming(dag, cli.clock.now(), 3);
  cli.object({ ...description, nextRuns: runs.map((run) => run.toISOString()) });
  if (cli.quiet) for (const { taskId } of dag.tasks) cli.result(taskId);
  cli.print(
    [cli.style('bold', dag.dagId), scheduleWords(dag), `team ${description.team ?? 'per task'}`].join(' · '),
  );
  if (description.description !== undefined) cli.print(`  ${description.description}`);
  const facts: readonly (readonly [string, string])[] = [
    ['next runs', runs.map((run) => wallClock(run, timezone)).join(', ') || 'none by itself'],
    ['dates', dates(description)],
    ['catchup', description.catchup ? 'yes: every missed interval runs' : 'no'],
    ['at once', `up to ${description.maxActiveRuns} runs`],
    ['tags', description.tags.join(', ')],
    ['params', Object.keys(description.params).length === 0 ? '' : JSON.stringify(description.params)],
  ];
  for (const [name, value] of facts)
    if (value !== '') cli.print(`  ${cli.style('dim', name.padEnd(10))} ${value}`);
  cli.print(cli.style('dim', '  tasks'));
  const lines = drawTasks(description);
  const width = Math.max(...lines.map(({ branch, task }) => branch.length + task.taskId.length));
  for (const { branch, task, alsoAfter } of lines) {
    const also = alsoAfter.length === 0 ? '' : `  also after ${alsoAfter.join(', ')}`;
    cli.print(`    ${`${branch}${task.taskId}`.padEnd(width)}  ${taskWords(task)}${also}`);
  }
}

function dates({ startDate, endDate }: DagDescription): string {
  const from = startDate === undefined ? [] : [`from ${startDate}`];
  return [...from, ...(endDate === undefined ? [] : [`until ${endDate}`])].join(' ');
}

/** What a task runs and how it is tried again, in a few words. */
function taskWords({ operator, plan, settings }: TaskDescription): string {
  const words = [
    plan.artifacts === undefined ? operator : artifactWords(plan.artifacts),
    settings.retries === 0
      ? ''
      : `${settings.retries} more ${settings.retries === 1 ? 'try' : 'tries'} after ${settings.retryDelaySeconds} s`,
    settings.triggerRule === 'all_success' ? '' : `when ${settings.triggerRule}`,
    settings.executionTimeoutSeconds === undefined ? '' : `at most ${settings.executionTimeoutSeconds} s`,
    settings.pool === 'default_pool' ? '' : `pool ${settings.pool}`,
  ];
  return words.filter((word) => word !== '').join(' · ');
}

function artifactWords({ project, script, scriptVersion, libraryVersion }: ArtifactRequest): string {
  const wheel =
    libraryVersion === undefined
      ? ''
      : libraryVersion === 'none'
        ? ', no wheel'
        : `, wheel ${libraryVersion}`;
  return `${script === project ? script : `${project}/${script}`} ${scriptVersion}${wheel}`;
}
