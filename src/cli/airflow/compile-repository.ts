import { join } from 'node:path';
import { ProblemsError, sortProblems } from '../../core/problems.ts';
import { compileFiles } from '../../engines/airflow/compile/compile-files.ts';
import type { CompiledDag } from '../../engines/airflow/compile/plan-build.ts';
import type { Cli } from '../cli.ts';
import { defaultDagPaths } from '../dags/dag-paths.ts';
import { notePythonFiles } from './python-note.ts';

/**
 * Compiles the DAG files of some paths; of the folder `dags` when none is named.
 * @throws ProblemsError with every mistake in all of them
 */
export async function compileRepository(cli: Cli, paths: readonly string[]): Promise<readonly CompiledDag[]> {
  const from = paths.length > 0 ? paths : defaultDagPaths(cli.cwd);
  const cache = join(cli.home.cache, 'airflow-compile');
  const { dags, problems } = await compileFiles(from, { cwd: cli.cwd, cache });
  if (problems.length > 0) throw new ProblemsError(sortProblems(problems));
  if (paths.length === 0) notePythonFiles(cli);
  return dags;
}
