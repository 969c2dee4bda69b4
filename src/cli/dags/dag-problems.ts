import { dirname } from 'node:path';
import { resolveEnvironment } from '../../config/resolve-environment.ts';
import { type Problem, ProblemsError } from '../../core/problems.ts';
import type { LoadedDag } from '../../dag/load-dags.ts';
import type { ClusterPolicy } from '../../databricks/api.ts';
import type { Cli } from '../cli.ts';
import { surroundingsFrom } from '../policies/policy-file.ts';
import { environmentProblems } from './dag-environment.ts';
import { requestProblems } from './request-problems.ts';

/**
 * Mistakes in the files that describe the environment, once for each team, and those that only it makes.
 * @param policies Holds every cluster to its policy, too.
 */
export function findDagProblems(
  cli: Cli,
  dags: readonly LoadedDag[],
  name: string,
  policies?: readonly ClusterPolicy[],
): Problem[] {
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
      const surroundings =
        policies === undefined
          ? { variables: environment.variables, policies: new Map() }
          : surroundingsFrom(policies, environment);
      return own.flatMap((loaded) => [
        ...environmentProblems(loaded, environment),
        ...requestProblems(loaded, environment, surroundings, cli.clock.now()),
      ]);
    } catch (error) {
      if (error instanceof ProblemsError) return error.problems;
      throw error;
    }
  });
}
