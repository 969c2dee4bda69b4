import { operators } from '../../../operators/registry.ts';
import { ConfigError } from '../../core/errors.ts';
import { ProblemsError, sortProblems } from '../../core/problems.ts';
import { loadDags } from '../../dag/load-dags.ts';
import { compileDags } from '../../engines/airflow/compile/compile-dags.ts';
import { type BuildFiles, planBuild } from '../../engines/airflow/compile/plan-build.ts';
import type { Cli } from '../cli.ts';
import { defaultDagPaths } from '../dags/dag-paths.ts';
import { findDagProblems } from '../dags/dag-problems.ts';
import { notePythonFiles } from './python-note.ts';
import { readBuiltFolder } from './read-built-folder.ts';

/**
 * The files to deploy to an environment: of a folder that was compiled before, else compiled from DAG files.
 * @throws ProblemsError with every mistake in the DAG files, those that only this environment makes among them
 */
export async function deployableBuild(
  cli: Cli,
  paths: readonly string[],
  { env, from }: { readonly env: string; readonly from?: string },
): Promise<BuildFiles> {
  if (from === undefined) return compileFor(cli, paths, env);
  if (paths.length === 0) return readBuiltFolder(cli, from);
  throw new ConfigError(`Cannot deploy ${paths.join(', ')} and the build in ${from} at once.`, {
    code: 'HERMES_USAGE',
    nextStep: 'Name DAG files, or --from with a compiled folder.',
  });
}

async function compileFor(cli: Cli, paths: readonly string[], env: string): Promise<BuildFiles> {
  const from = paths.length > 0 ? paths : defaultDagPaths(cli.cwd);
  const { dags, problems, faulty } = await loadDags(from, { operators, cwd: cli.cwd });
  const all = [...problems, ...findDagProblems(cli, { dags, faulty }, env)];
  if (all.length > 0) throw new ProblemsError(sortProblems(all));
  if (paths.length === 0) notePythonFiles(cli);
  return planBuild(compileDags(dags));
}
