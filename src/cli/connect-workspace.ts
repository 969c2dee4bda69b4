import { createDatabricks, type Databricks } from '../databricks/client.ts';
import { connectionFromVariables } from '../databricks/connection.ts';
import { localPace, type PollingPace, remotePace } from '../databricks/watch-run.ts';
import { ensureWorkspace } from '../workspace/launch.ts';
import type { Cli } from './cli.ts';

/** A workspace and how often to ask it. */
export interface WorkspaceLink {
  readonly databricks: Databricks;
  readonly pace: PollingPace;
}

/** A server of this machine that is gone does not come back by waiting. */
const LOCAL_BUDGET = { seconds: 10, serverErrors: 2 };

/**
 * Opens the workspace of an environment: the embedded one, started when it is not running, or the one that
 * `DATABRICKS_HOST` and `DATABRICKS_TOKEN` name.
 */
export async function connectWorkspace(
  cli: Cli,
  environment: { readonly name: string; readonly embedded: boolean },
): Promise<WorkspaceLink> {
  const { clock, env, home, signal } = cli;
  if (!environment.embedded) {
    const connection = connectionFromVariables(env, `environment ${environment.name}`);
    return { databricks: createDatabricks(connection, { clock }), pace: remotePace() };
  }
  const workspace = await ensureWorkspace({
    folder: home.workspace,
    cacheFolder: home.cache,
    environment: env,
    signal,
    clock,
  });
  const { url, token, started, movedFrom } = workspace;
  if (started) cli.note(`Started the embedded workspace: ${url}`);
  if (movedFrom !== undefined)
    cli.note(`Links printed earlier with port ${movedFrom} lead nowhere: it is in use.`);
  const connection = { host: url, token };
  return { databricks: createDatabricks(connection, { clock, budget: LOCAL_BUDGET }), pace: localPace };
}
