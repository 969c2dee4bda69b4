import { requireEnvironment, resolveEnvironment, resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { isLoopback } from '../../databricks/sign-in/connection.ts';
import { readAddress } from '../../workspace/server/address.ts';
import type { WorkspaceOwner } from '../../workspace/server/whose-workspace.ts';
import type { Cli } from '../cli.ts';
import {
  connectWorkspace,
  hasEmbeddedWorkspace,
  namesWorkspace,
  type WorkspaceLink,
} from '../connect-workspace.ts';

/** Which workspace a run is looked for in, when this machine has no record of it. */
export interface WorkspaceWish {
  /** `--env`; absent = the workspace of `DATABRICKS_HOST`, else that of `dev`. */
  readonly environment?: string | undefined;
  /** `https://host` of a link. */
  readonly host?: string | undefined;
  /** Whose workspace is up there. */
  readonly owner?: WorkspaceOwner;
}

/**
 * Opens the workspace that a person means.
 * @throws ConfigError when a link leads to another workspace than the one that is configured
 */
export async function openRunWorkspace(cli: Cli, wish: WorkspaceWish): Promise<WorkspaceLink> {
  const name = wish.environment ?? 'dev';
  const embedded = meansThisMachine(cli, wish);
  if (embedded) requireReachable(cli, wish);
  const link = await connectWorkspace(cli, { name, embedded });
  requireHost(cli, wish, link.databricks.host, embedded);
  return link;
}

/** Whether it is the workspace of this machine, and none has ever run here: it would be started to find nothing. */
export function isNeverStarted(cli: Cli, wish: WorkspaceWish): boolean {
  return meansThisMachine(cli, wish) && !hasEmbeddedWorkspace(cli);
}

/** @throws ConfigError for an environment that nobody knows */
function meansThisMachine(cli: Cli, { environment, host, owner }: WorkspaceWish): boolean {
  if (environment !== undefined) return isEmbeddedEnvironment(cli, environment);
  if (host === undefined) return !namesWorkspace(cli) && isEmbeddedEnvironment(cli, 'dev');
  if (owner === 'own') return true;
  const named = cli.env.DATABRICKS_HOST ?? '';
  if (!isLoopback(host) || named.includes(new URL(host).host)) return false;
  // Where nothing answers the workspace of the folder may have been, which may have another port.
  return !namesWorkspace(cli) || (owner === 'nobody' && hasEmbeddedWorkspace(cli));
}

/** Without a team no file can describe the environment, so what is said of Databricks decides. */
function isEmbeddedEnvironment(cli: Cli, name: string): boolean {
  const team = teamOf(cli);
  if (team !== undefined) {
    return resolveEnvironment({ name, team, folder: cli.cwd, home: cli.home }).embedded;
  }
  requireEnvironment(name, cli.cwd);
  return !namesWorkspace(cli);
}

function teamOf(cli: Cli): string | undefined {
  try {
    return resolveTeam({ folder: cli.cwd });
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'HERMES_NO_TEAM') return undefined;
    throw error;
  }
}

/** Nothing is started to find out that the link is of another workspace. */
function requireReachable(cli: Cli, wish: WorkspaceWish): void {
  const { host, owner } = wish;
  if (host === undefined || owner === 'own') return;
  if (owner === 'other' || !isLoopback(host))
    throw otherWorkspace(wish, readAddress(cli.home.workspace)?.url);
  if (hasEmbeddedWorkspace(cli)) return;
  throw new ConfigError(
    `Cannot open the link: nothing answers at ${host}, and no workspace has run in this folder`,
    {
      code: 'HERMES_OTHER_WORKSPACE',
      nextStep:
        'Work in the folder whose workspace it is, by -C FOLDER. That of another machine is not reached by this link.',
    },
  );
}

/** The embedded workspace may have another port than when the link was made. */
function requireHost(cli: Cli, wish: WorkspaceWish, configured: string, embedded: boolean): void {
  const { host } = wish;
  if (host === undefined || host === configured) return;
  if (!embedded) throw otherWorkspace(wish, configured);
  cli.note(`The link is of ${host}; the workspace of this machine is at ${configured} at present.`);
}

function otherWorkspace(
  { host, environment, owner }: WorkspaceWish,
  configured: string | undefined,
): ConfigError {
  const whose =
    environment === undefined ? 'the configured one' : `the workspace of environment ${environment}`;
  return new ConfigError(`Cannot open the link: it leads to another workspace than ${whose}`, {
    code: 'HERMES_OTHER_WORKSPACE',
    facts: { link: host, configured },
    nextStep: `${owner === 'other' ? 'Work in its folder by -C FOLDER. Or set' : 'Set'} DATABRICKS_HOST=${host} and a token of yours for it, or name its profile: --profile NAME`,
  });
}
