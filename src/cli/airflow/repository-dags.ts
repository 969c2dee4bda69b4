import { join } from 'node:path';
import { operators } from '../../../operators/registry.ts';
import type { Environment } from '../../config/environment.ts';
import { resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { ProblemsError, sortProblems } from '../../core/problems.ts';
import { type LoadedDag, loadDags } from '../../dag/load-dags.ts';
import { compileDags } from '../../engines/airflow/compile/compile-dags.ts';
import { type BuildFiles, planBuild } from '../../engines/airflow/compile/plan-build.ts';
import { findPythonFiles, type PythonFiles } from '../../engines/airflow/local/python-files.ts';
import type { Cli } from '../cli.ts';
import { defaultDagPaths } from '../dags/dag-paths.ts';
import { findDagProblems } from '../dags/dag-problems.ts';
import { environmentsOf } from '../team-environments.ts';

/** The DAGs of the repository that somebody works in, for one environment. */
export interface RepositoryDags {
  readonly dags: readonly LoadedDag[];
  readonly build: BuildFiles;
  /** Those of the folder `dags`, which Airflow gets as they are. */
  readonly python: PythonFiles;
  /** One for each team that has a task; for DAGs in Python the team of the repository. */
  readonly environments: readonly Environment[];
}

/**
 * Loads and compiles the DAG files of the working folder.
 * @param extra A file that is not among them.
 * @throws ProblemsError with every mistake, those included that only the environment makes
 */
export async function repositoryDags(cli: Cli, name: string, extra?: string): Promise<RepositoryDags> {
  const paths = [
    ...(extra === undefined ? defaultDagPaths(cli.cwd) : knownPaths(cli)),
    ...(extra ? [extra] : []),
  ];
  const loaded = await loadDags(paths, { operators, cwd: cli.cwd });
  const problems = [...loaded.problems, ...findDagProblems(cli, loaded, name)];
  if (problems.length > 0) throw new ProblemsError(sortProblems(problems));
  const python = findPythonFiles(join(cli.cwd, 'dags'));
  if (loaded.dags.length + python.names.length === 0)
    throw new ConfigError(`There is no DAG in ${paths.join(', ')}.`, {
      code: 'HERMES_NO_DAGS',
      nextStep: 'Write one: a file *.dag.yaml or *.dag.ts.',
    });
  const teams = loaded.dags.flatMap(({ dag }) => dag.plans().map(({ team }) => team));
  if (python.names.length > 0) teams.push(resolveTeam({ folder: cli.cwd }));
  return {
    dags: loaded.dags,
    build: planBuild(compileDags(loaded.dags)),
    python,
    environments: environmentsOf(cli, teams, name, cli.cwd),
  };
}

/** A file may be tried in a folder that holds no others. */
function knownPaths(cli: Cli): string[] {
  try {
    return defaultDagPaths(cli.cwd);
  } catch {
    return [];
  }
}
