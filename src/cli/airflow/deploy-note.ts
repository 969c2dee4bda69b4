import { userInfo } from 'node:os';
import { detectCi } from '../../../ci/detect-ci.ts';
import { type Git, openGit, tryAsk } from '../../../ci/git.ts';
import { isAncestor } from '../../../ci/remote.ts';
import { changedFiles } from '../../../ci/repository-facts.ts';
import { HermesError } from '../../core/errors.ts';
import type { DeployRecord } from '../../engines/airflow/deploy/deploy-record.ts';
import type { CommitOrder } from '../../engines/airflow/deploy/plan-deploy.ts';
import type { Cli } from '../cli.ts';

/** What is written down about a deploy, and how its commit stands to others. */
export interface DeployNote {
  readonly note: Pick<DeployRecord, 'at' | 'by' | 'run' | 'commit' | 'edited' | 'repository' | 'root'>;
  orderTo(newest: string | undefined): Promise<CommitOrder>;
}

/** Reads from git and CI what is deployed, and by whom. Outside of a repository there is no commit. */
export async function readDeployNote(cli: Cli, commit: string | undefined): Promise<DeployNote> {
  const git = await repositoryOf(cli);
  const head =
    git === undefined ? undefined : await tryAsk(git, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  const deployed = commit ?? head;
  const isEdited = git !== undefined && commit === undefined && (await changedFiles(git)).length > 0;
  const repository =
    git === undefined ? undefined : repositoryName(await tryAsk(git, ['remote', 'get-url', 'origin']));
  const root = git === undefined ? undefined : await firstCommit(git);
  return {
    note: {
      ...(await whoDeploys(cli, git)),
      ...(deployed === undefined ? {} : { commit: deployed }),
      ...(isEdited ? { edited: true } : {}),
      ...(repository === undefined ? {} : { repository }),
      ...(root === undefined ? {} : { root }),
    },
    orderTo: (newest) => orderOf(git, deployed, newest),
  };
}

/** When, by whom and where: a person at the keyboard, or in CI the author of the commit. */
export async function whoDeploys(cli: Cli, git?: Git): Promise<Pick<DeployRecord, 'at' | 'by' | 'run'>> {
  const { system, runUrl } = detectCi(cli.env);
  const author =
    git === undefined || system === 'hand' ? undefined : await tryAsk(git, ['log', '-1', '--format=%an']);
  return {
    at: cli.clock.now().toISOString(),
    by: author === undefined || author === '' ? userName(cli.env) : author,
    ...(runUrl === undefined ? {} : { run: runUrl }),
  };
}

async function repositoryOf({ cwd, env, signal }: Cli): Promise<Git | undefined> {
  try {
    return await openGit({ folder: cwd, env, signal });
  } catch (error) {
    if (error instanceof HermesError && ['HERMES_NO_REPOSITORY', 'HERMES_NO_GIT'].includes(error.code))
      return undefined;
    throw error;
  }
}

/** The same in every clone, wherever it lies. Undefined where a clone has not all commits. */
async function firstCommit(git: Git): Promise<string | undefined> {
  if ((await tryAsk(git, ['rev-parse', '--is-shallow-repository'])) !== 'false') return undefined;
  const roots = await tryAsk(git, ['rev-list', '--max-parents=0', 'HEAD']);
  return roots?.split('\n').sort()[0];
}

async function orderOf(
  git: Git | undefined,
  commit: string | undefined,
  newest: string | undefined,
): Promise<CommitOrder> {
  if (git === undefined || commit === undefined || newest === undefined) return 'unknown';
  if (commit === newest) return 'same';
  const known = await Promise.all(
    [commit, newest].map((each) =>
      tryAsk(git, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${each}^{commit}`]),
    ),
  );
  if (known.includes(undefined)) return 'unknown';
  if (await isAncestor(git, newest, commit)) return 'newer';
  return (await isAncestor(git, commit, newest)) ? 'older' : 'apart';
}

/**
 * `git@github.com:acme/dags.git` and `https://token@github.com/acme/dags` → `github.com/acme/dags`. Undefined for a
 * folder: it has another path on every machine.
 */
export function repositoryName(origin: string | undefined): string | undefined {
  const scp = /^(?:[^@/\s]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(origin ?? '');
  const url = /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([\w.-]+)(?::\d+)?\/(.+)$/.exec(origin ?? '');
  const [, host, path] = url ?? scp ?? [];
  return host === undefined ? undefined : `${host.toLowerCase()}/${path?.replace(/(\.git)?\/*$/, '')}`;
}

function userName(env: NodeJS.ProcessEnv): string {
  // Who pressed the button: the user of a runner is nobody.
  if (env.GITHUB_ACTIONS === 'true' && env.GITHUB_ACTOR !== undefined) return env.GITHUB_ACTOR;
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no user has.
    return env.USER ?? `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
