import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabricks, type Databricks } from '../databricks/client.ts';
import type { TransportOptions } from '../databricks/http/transport.ts';
import { lastingDatabricks } from '../databricks/lasting-databricks.ts';
import { localPace, type PollingPace, remotePace } from '../databricks/runs/polling-pace.ts';
import { createRunWatcher, type RunWatcher } from '../databricks/runs/run-watcher.ts';
import { isLoopback } from '../databricks/sign-in/connection.ts';
import { type ConnectionQuestion, openConnection } from '../databricks/sign-in/open-connection.ts';
import type { Cli } from './cli.ts';
import { embeddedWorkspace } from './embedded-workspace.ts';

/** A workspace and how often to ask it. */
export interface WorkspaceLink {
  readonly databricks: Databricks;
  readonly pace: PollingPace;
  /** Follows all runs of this process. */
  readonly watcher: RunWatcher;
}

/** A server of this machine answers at once or is gone. */
const LOCAL_BUDGET = { seconds: 2, serverErrors: 2 };

/**
 * Opens the workspace of an environment: the embedded one, started when it is not running, or the one that
 * variables and profiles of Databricks name.
 */
export async function connectWorkspace(
  cli: Cli,
  environment: { readonly name: string; readonly embedded: boolean },
): Promise<WorkspaceLink> {
  if (!environment.embedded) {
    const databricks = openRemoteWorkspace(cli, environment.name);
    return linkTo(cli, databricks, isLoopback(databricks.host) ? localPace : remotePace());
  }
  const first = await openEmbedded(cli, cli.signal);
  // Not stopped by Ctrl-C: what is running can only be cancelled through the server.
  const reopen = () => openEmbedded(cli, new AbortController().signal);
  return linkTo(cli, lastingDatabricks(first, reopen), localPace);
}

function linkTo({ clock }: Cli, databricks: Databricks, pace: PollingPace): WorkspaceLink {
  return { databricks, pace, watcher: createRunWatcher(databricks.jobs, { clock, pace }) };
}

/** How long a call may take. */
type Patience = Omit<TransportOptions, 'clock'>;

/**
 * The workspace that variables and profiles of Databricks name.
 * @param environment For messages.
 * @param patience Also of signing in. @defaultValue that of long work
 */
export function openRemoteWorkspace(cli: Cli, environment: string, patience: Patience = {}): Databricks {
  const options = { clock: cli.clock, onSilence: (message: string) => cli.note(message), ...patience };
  return createDatabricks(openConnection(connectionQuestion(cli, environment), options), options);
}

/** What the settings of a connection are looked up by. @param environment For messages. */
export function connectionQuestion({ env }: Cli, environment: string): ConnectionQuestion {
  return { variables: env, purpose: `environment ${environment}` };
}

/** Whether somebody says which workspace to use, by a host or a profile, so that it is not that of this machine. */
export function namesWorkspace({ env }: Cli): boolean {
  return [env.DATABRICKS_HOST, env.DATABRICKS_CONFIG_PROFILE].some((value) => (value ?? '') !== '');
}

/** Whether the workspace of this machine has ever run here; asking it otherwise would start one with nothing in it. */
export function hasEmbeddedWorkspace({ home }: Cli): boolean {
  return existsSync(join(home.workspace, 'workspace.db'));
}

async function openEmbedded(cli: Cli, signal: AbortSignal): Promise<Databricks> {
  const { url, token, started, movedFrom } = await embeddedWorkspace(cli, { signal });
  if (started) cli.note(`Started the embedded workspace: ${url}`);
  if (movedFrom !== undefined)
    cli.note(`The workspace is at another port than last time: links with port ${movedFrom} lead nowhere.`);
  return createDatabricks({ host: url, token }, { clock: cli.clock, budget: LOCAL_BUDGET });
}
