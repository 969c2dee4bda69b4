import type { Command } from 'commander';
import { markHome } from '../../config/home.ts';
import { type Problem, ProblemsError } from '../../core/problems.ts';
import { type ImportAnswer, importDags } from '../../engines/airflow/check/import-dags.ts';
import type { BuildFiles } from '../../engines/airflow/compile/plan-build.ts';
import { readIndex } from '../../engines/airflow/deploy/plan-deploy.ts';
import { ensureAirflow } from '../../engines/airflow/local/install-airflow.ts';
import { deployableBuild } from '../airflow/deployable-build.ts';
import type { Cli } from '../cli.ts';
import { counted } from '../table.ts';

interface Options {
  readonly env: string;
  readonly from?: string;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[paths...]', 'DAG files, or folders that hold them (default: the folder dags)')
    .option('--env <name>', 'environment whose rules the DAG files must keep', 'dev')
    .option('--from <folder>', 'test what `hermes airflow compile` left there')
    .addHelpText(
      'after',
      `
Loads the compiled DAGs in a real Airflow, as its DAG processor does. Fails on an error and on a warning. Airflow is
installed the first time; nothing of it is started, and nothing is run or sent.

Examples:
  hermes airflow test
  hermes airflow test --from build`,
    )
    .action(async (paths: string[], options: Options) => run(cli(), paths, options));
}

async function run(cli: Cli, paths: readonly string[], options: Options): Promise<void> {
  const { env, signal, clock } = cli;
  const build = await deployableBuild(cli, paths, options);
  markHome(cli.home);
  const install = await ensureAirflow({
    cacheFolder: cli.home.cache,
    onStep: (message) => cli.note(message),
    ...{ env, signal, clock },
  });
  const answer = await importDags(install, build, { env, signal });
  const problems = problemsOf(answer, build);
  cli.object({ airflow: answer.airflow, dags: answer.dags, problems });
  if (problems.length > 0) throw new ProblemsError(problems);
  const count = counted(answer.dags.length, 'DAG');
  cli.print(
    `${cli.style('green', '✓')} Airflow ${answer.airflow} loads ${count} without an error or a warning`,
  );
}

/** Each with the DAG file that it comes from; a DAG that Airflow passes over silently is one, too. */
function problemsOf({ airflow, dags, problems }: ImportAnswer, build: BuildFiles): Problem[] {
  const index = readIndex(build);
  const told = problems.map(({ file, dag, text }) => ({
    file: dag === undefined ? file : (index.dags[dag]?.source ?? file),
    message: `Airflow ${airflow} cannot load ${dag === undefined ? 'it' : `DAG ${dag}`}: ${lastLine(text)}`,
  }));
  if (told.length > 0) return told;
  const loaded = new Set(dags);
  return Object.entries(index.dags)
    .filter(([id]) => !loaded.has(id))
    .map(([id, { source }]) => ({ file: source, message: `Airflow ${airflow} does not load DAG ${id}.` }));
}

/** Of a traceback, what was raised. */
function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
