import { requireEnvironment, resolveEnvironment, resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { isLoopback } from '../../databricks/sign-in/connection.ts';
import type { Cli } from '../cli.ts';
import { connectWorkspace, namesWorkspace, type WorkspaceLink } from '../connect-workspace.ts';

/** Which workspace a run is looked for in, when this machine has no record of it. */
export interface WorkspaceWish {
  /** `--env`; absent = the workspace of `DATABRICKS_HOST`, else that of `dev`. */
  readonly environment?: string | undefined;
  /** `https://host` of a link. */
  readonly host?: string | undefined;
  /** There is another workspace than the embedded one. */
  readonly isOther?: boolean;
}

/**
 * Opens the workspace that a person means.
 * @throws ConfigError when a link leads to another workspace than the one that is configured
 */
export async function openRunWorkspace(cli: Cli, wish: WorkspaceWish): Promise<WorkspaceLink> {
  const name = wish.environment ?? 'dev';
  const link = await connectWorkspace(cli, { name, embedded: meansThisMachine(cli, wish) });
  requireHost(cli, wish, link.databricks.host);
  return link;
}

/** Whether it is the workspace of this machine. @throws ConfigError for an environment that nobody knows */
export function meansThisMachine(cli: Cli, { environment, host }: WorkspaceWish): boolean {
  if (environment !== undefined) return isEmbeddedEnvironment(cli, environment);
  const named = cli.env.DATABRICKS_HOST ?? '';
  if (host !== undefined) return isLoopback(host) && !named.includes(new URL(host).host);
  return !namesWorkspace(cli) && isEmbeddedEnvironment(cli, 'dev');
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

/** The embedded workspace may have another port than when the link was made. */
function requireHost(cli: Cli, { host, environment, isOther }: WorkspaceWish, configured: string): void {
  if (host === undefined || host === configured) return;
  if (isLoopback(host) && isLoopback(configured) && isOther !== true) {
    cli.note(`The link is of ${host}; the workspace of this machine is at ${configured} at present.`);
    return;
  }
  const whose =
    environment === undefined ? 'the configured one' : `the workspace of environment ${environment}`;
  throw new ConfigError(`Cannot open the link: it leads to another workspace than ${whose}`, {
    code: 'HERMES_OTHER_WORKSPACE',
    facts: { link: host, configured },
    nextStep: `${isOther === true ? 'Work in its folder by -C FOLDER. Or set' : 'Set'} DATABRICKS_HOST=${host} and a token of yours for it, or name its profile: --profile NAME`,
  });
}
