import type { Command } from 'commander';
import { operators } from '../../../operators/registry.ts';
import { requireEnvironment } from '../../config/resolve-environment.ts';
import { formatProblem, ProblemsError, sortProblems } from '../../core/problems.ts';
import { type LoadedDag, loadDags } from '../../dag/load-dags.ts';
import type { Cli } from '../cli.ts';
import { scheduleWords, upcoming, wallClock } from '../dags/dag-lines.ts';
import { defaultDagPaths } from '../dags/dag-paths.ts';
import { findDagProblems } from '../dags/dag-problems.ts';
import { secretAdvice } from '../dags/secret-advice.ts';
import { doubtTeams } from '../policies/known-team.ts';
import { readPolicyFile } from '../policies/policy-file.ts';

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('[paths...]', 'DAG files, or folders that hold them (default: the folder dags)')
    .option('--env <name>', 'environment to check for', 'dev')
    .option(
      '--policy <file>',
      'also hold every cluster to the policy of a file: of `policy show --json`, or a definition',
    )
    .addHelpText(
      'after',
      `
Reads every *.dag.ts and *.dag.yaml and prints all mistakes at once. Nothing is run or sent.

Examples:
  hermes dag check
  hermes dag check dags/seattle.dag.yaml --env prod
  hermes policy show weather --json > policy.json && hermes dag check --policy policy.json`,
    )
    .action(async (paths: string[], { env, policy }: { env: string; policy?: string }) => {
      const cli = openCli();
      requireEnvironment(env, cli.cwd);
      const from = paths.length > 0 ? paths : defaultDagPaths(cli.cwd);
      const { dags, problems, faulty } = await loadDags(from, { operators, cwd: cli.cwd });
      const policies = policy === undefined ? undefined : readPolicyFile(cli.cwd, policy);
      const all = [...problems, ...findDagProblems(cli, { dags, faulty }, env, policies)];
      if (all.length > 0) throw new ProblemsError(sortProblems(all));
      for (const doubt of doubtTeams(cli, dags, env)) cli.note(`? ${doubt}`);
      for (const advice of dags.flatMap(secretAdvice)) cli.note(`! ${formatProblem(advice)}`);
      report(cli, dags, from);
    });
}

function report(cli: Cli, dags: readonly LoadedDag[], paths: readonly string[]): void {
  const rows = dags.map(({ dag, shownFile }) => {
    const { timezone = 'UTC' } = dag.options;
    const [next] = upcoming(dag, cli.clock.now(), 1);
    cli.object({
      dagId: dag.dagId,
      file: shownFile,
      tasks: dag.tasks.map((task) => task.taskId),
      nextRun: next?.toISOString() ?? null,
    });
    return [
      `${cli.style('green', '✓')} ${dag.dagId}`,
      `${dag.tasks.length} task${dag.tasks.length === 1 ? '' : 's'}`,
      scheduleWords(dag),
      next === undefined ? '' : `next ${wallClock(next, timezone)}`,
      cli.style('dim', shownFile),
    ];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows)
    cli.print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  if (dags.length === 0) {
    cli.print(`There is no DAG to check: no *.dag.ts and no *.dag.yaml is in ${paths.join(', ')}.`);
    return;
  }
  cli.print(`${dags.length} DAG${dags.length === 1 ? '' : 's'}, no problems`);
}
