import { dirname } from 'node:path';
import { resolveEnvironment } from '../../config/resolve-environment.ts';
import { type Problem, ProblemsError } from '../../core/problems.ts';
import type { LoadedDag, LoadedDags } from '../../dag/load-dags.ts';
import type { ClusterPolicy } from '../../databricks/api.ts';
import type { Cli } from '../cli.ts';
import { surroundingsFrom } from '../policies/policy-file.ts';
import { environmentProblems } from './dag-environment.ts';
import { requestProblems } from './request-problems.ts';

/**
 * Mistakes in the files that describe the environment, once for each team, and those that only it makes. A DAG with
 * mistakes of its own is judged as far as it can be read.
 * @param policies Holds every cluster to its policy, too.
 */
export function findDagProblems(
  cli: Cli,
  { dags: sound, faulty }: Pick<LoadedDags, 'dags' | 'faulty'>,
  name: string,
  policies?: readonly ClusterPolicy[],
): Problem[] {
  const dags = [...sound, ...faulty.filter(({ dag }) => asFarAsItGoes(() => dag.drafts()).length > 0)];
  const questions = dags.flatMap((loaded) =>
    loaded.dag.drafts().map(({ team }) => JSON.stringify([team, dirname(loaded.file)])),
  );
  return [...new Set(questions)].flatMap((question) => {
    const [team, folder] = JSON.parse(question) as [string, string];
    try {
      const environment = resolveEnvironment({ name, team, folder, shownFrom: cli.cwd, home: cli.home });
      const own = dags.filter(
        ({ dag, file }) => dirname(file) === folder && dag.drafts().some((plan) => plan.team === team),
      );
      const surroundings =
        policies === undefined
          ? { variables: environment.variables, policies: new Map() }
          : surroundingsFrom(policies, environment);
      const judge = (loaded: LoadedDag) => [
        ...environmentProblems(loaded, environment),
        ...requestProblems(loaded, environment, surroundings, cli.clock.now()),
      ];
      return own.flatMap((loaded) =>
        faulty.includes(loaded) ? asFarAsItGoes(() => judge(loaded)) : judge(loaded),
      );
    } catch (error) {
      if (error instanceof ProblemsError) return error.problems;
      throw error;
    }
  });
}

/** What is wrong with a DAG that has mistakes already; they may be such that nothing more can be told. */
function asFarAsItGoes<T>(judge: () => readonly T[]): readonly T[] {
  try {
    return judge();
  } catch {
    return [];
  }
}
