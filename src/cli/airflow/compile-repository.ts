import { operators } from '../../../operators/registry.ts';
import { ProblemsError, sortProblems } from '../../core/problems.ts';
import { loadDags } from '../../dag/load-dags.ts';
import { compileDags } from '../../engines/airflow/compile/compile-dags.ts';
import type { CompiledDag } from '../../engines/airflow/compile/plan-build.ts';
import type { Cli } from '../cli.ts';
import { defaultDagPaths } from '../dags/dag-paths.ts';

/**
 * Compiles the DAG files of some paths; of the folder `dags` when none is named.
 * @throws ProblemsError with every mistake in all of them
 */
export async function compileRepository(cli: Cli, paths: readonly string[]): Promise<CompiledDag[]> {
  const from = paths.length > 0 ? paths : defaultDagPaths(cli.cwd);
  const { dags, problems } = await loadDags(from, { operators, cwd: cli.cwd });
  if (problems.length > 0) throw new ProblemsError(sortProblems(problems));
  return compileDags(dags);
}
