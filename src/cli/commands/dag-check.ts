import { dirname } from 'node:path';
import type { Command } from 'commander';
import { operators } from '../../../operators/registry.ts';
import { requireEnvironment, resolveEnvironment } from '../../config/resolve-environment.ts';
import { type Problem, ProblemsError } from '../../core/problems.ts';
import { type LoadedDag, loadDags } from '../../dag/load-dags.ts';
import type { Cli } from '../cli.ts';
import { environmentProblems } from '../dag-environment.ts';
import { scheduleWords, upcoming, wallClock } from '../dag-lines.ts';
import { defaultDagPaths } from '../dag-paths.ts';
import { templateProblems } from '../template-problems.ts';

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('[paths...]', 'DAG files, or folders that hold them (default: the folder dags)')
    .option('--env <name>', 'environment to check for', 'dev')
    .addHelpText(
      'after',
      `
Reads every *.dag.ts and *.dag.yaml and prints all mistakes at once. Nothing is run or sent.

Examples:
  hermes dag check
  hermes dag check dags/seattle.dag.yaml --env prod`,
    )
    .action(async (paths: string[], { env }: { env: string }) => {
      const cli = openCli();
      requireEnvironment(env, cli.cwd);
      const from = paths.length > 0 ? paths : defaultDagPaths(cli.cwd);
      const { dags, problems } = await loadDags(from, { operators, cwd: cli.cwd });
      const all = [...problems, ...findEnvironmentProblems(cli, dags, env)];
      if (all.length > 0) throw new ProblemsError(all);
      report(cli, dags);
    });
}

/** Mistakes in the files that describe the environment, once for each team, and those that only it makes. */
function findEnvironmentProblems(cli: Cli, dags: readonly LoadedDag[], name: string): Problem[] {
  const questions = dags.flatMap((loaded) =>
    loaded.dag.plans().map(({ team }) => JSON.stringify([team, dirname(loaded.file)])),
  );
  return [...new Set(questions)].flatMap((question) => {
    const [team, folder] = JSON.parse(question) as [string, string];
    try {
      const environment = resolveEnvironment({ name, team, folder, shownFrom: cli.cwd, home: cli.home });
      const own = dags.filter(
        ({ dag, file }) => dirname(file) === folder && dag.plans().some((plan) => plan.team === team),
      );
      return own.flatMap((loaded) => [
        ...environmentProblems(loaded, environment),
        ...templateProblems(loaded, environment, cli.clock.now()),
      ]);
    } catch (error) {
      if (error instanceof ProblemsError) return error.problems;
      throw error;
    }
  });
}

function report(cli: Cli, dags: readonly LoadedDag[]): void {
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
  cli.print(`${dags.length} DAG${dags.length === 1 ? '' : 's'}, no problems`);
}
