import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { openGit } from '../../../../ci/git.ts';
import { operators } from '../../../../operators/registry.ts';
import { teamVariableName } from '../../../config/environment.ts';
import { embeddedTeamVariable, resolveEnvironment } from '../../../config/resolve-environment.ts';
import { ConfigError } from '../../../core/errors.ts';
import { type Problem, ProblemsError, sortProblems } from '../../../core/problems.ts';
import { loadDags } from '../../../dag/load-dags.ts';
import { type ChangeFacts, changeFacts } from '../../../engines/airflow/changes/change-facts.ts';
import { type DagChanges, planChanges } from '../../../engines/airflow/changes/plan-changes.ts';
import { compileDags } from '../../../engines/airflow/compile/compile-dags.ts';
import type { CompiledDag } from '../../../engines/airflow/compile/plan-build.ts';
import type { Cli } from '../../cli.ts';
import { defaultDagPaths } from '../../dags/dag-paths.ts';
import { findDagProblems } from '../../dags/dag-problems.ts';
import { type BaseCommit, checkoutCommit, findBaseCommit } from './base-checkout.ts';
import { planVariableChanges, readVariableFiles, type VariableChange } from './variable-changes.ts';

/** What a pull request changes, and what it was compared with. */
export interface PullRequestPlan {
  readonly environment: string;
  readonly base: BaseCommit;
  readonly changes: DagChanges;
  readonly facts: ChangeFacts;
  readonly policies: readonly TeamPolicy[];
  /** Of all environments. */
  readonly variables: readonly VariableChange[];
  /** Mistakes in the base: DAGs of these files cannot be compared, and count as added. */
  readonly baseProblems: readonly BaseProblem[];
}

/** A mistake in a file of the base. */
export interface BaseProblem extends Problem {
  /** The file is not there any more: which DAGs that removes cannot be said. */
  readonly isGone: boolean;
}

/** The cluster policy of a team in the environment. */
export interface TeamPolicy {
  readonly team: string;
  /** Empty where the workspace of a machine makes one. */
  readonly policyId: string;
  /** Id in the base, when it is another one. */
  readonly was?: string;
}

/**
 * Compiles the DAG files as they stand and as they were at the base, and compares them.
 * @param paths Empty = the folder `dags`.
 * @throws ProblemsError with every mistake in the files as they stand
 */
export async function planPullRequest(
  cli: Cli,
  paths: readonly string[],
  environment: string,
  ref: string | undefined,
): Promise<PullRequestPlan> {
  const { cwd: folder, env, signal } = cli;
  const git = await openGit({ folder, env, signal });
  const base = await findBaseCommit(cli, git, ref);
  const scratch = mkdtempSync(join(tmpdir(), 'hermes-plan-'));
  try {
    const baseFolder = await checkoutCommit(cli, git, base.commit, scratch);
    const before = pathsIn(baseFolder, cli.cwd, paths);
    const after = pathsIn(cli.cwd, cli.cwd, paths, before.length > 0);
    const head = await compileHead(cli, after, environment);
    const { dags, problems } = await loadDags(before, { operators, cwd: baseFolder });
    const changes = planChanges(compileDags(dags), head);
    const facts = changeFacts(changes);
    const policies = facts.teams.map((team) => teamPolicy(cli, team, environment, baseFolder));
    const variables = planVariableChanges(readVariableFiles(baseFolder), readVariableFiles(cli.cwd));
    const baseProblems = sortProblems(problems).map((problem) => ({
      ...problem,
      isGone: !existsSync(resolve(cli.cwd, problem.file)),
    }));
    return { environment, base, changes, facts, policies, variables, baseProblems };
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function compileHead(cli: Cli, paths: readonly string[], environment: string): Promise<CompiledDag[]> {
  const { dags, problems, faulty } = await loadDags(paths, { operators, cwd: cli.cwd });
  const all = [...problems, ...findDagProblems(cli, { dags, faulty }, environment)];
  if (all.length > 0) throw new ProblemsError(sortProblems(all));
  return compileDags(dags);
}

/**
 * The paths to load in one of the two folders.
 * @param mayBeEmpty False = the user is told that nothing is there.
 */
function pathsIn(
  folder: string,
  cwd: string,
  paths: readonly string[],
  mayBeEmpty = folder !== cwd,
): string[] {
  if (paths.length > 0) {
    const own = paths.map((path) => relative(cwd, resolve(cwd, path)) || '.');
    return mayBeEmpty ? own.filter((path) => existsSync(join(folder, path))) : own;
  }
  try {
    return defaultDagPaths(folder);
  } catch (error) {
    if (mayBeEmpty && error instanceof ConfigError) return [];
    throw error;
  }
}

function teamPolicy(cli: Cli, team: string, name: string, baseFolder: string): TeamPolicy {
  const policyId = policyIdIn(cli, cli.cwd, team, name) ?? '';
  const was = policyIdIn(cli, baseFolder, team, name);
  return was === undefined || was === policyId ? { team, policyId } : { team, policyId, was };
}

function policyIdIn(cli: Cli, folder: string, team: string, name: string): string | undefined {
  try {
    const { variables } = resolveEnvironment({ name, team, folder, shownFrom: cli.cwd, home: cli.home });
    const own = variables[teamVariableName(team)] as { cluster_policy_id?: string } | undefined;
    return (own ?? embeddedTeamVariable(name, team, cli.home)).cluster_policy_id;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
