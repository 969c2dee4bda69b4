import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readBucketObject } from '../../artifacts/read-bucket-object.ts';
import { type Home, homeOfWorkspace } from '../../config/home.ts';
import { ConfigError } from '../../core/errors.ts';
import type { ArtifactCatalog } from '../../workspace/pages/artifact-catalog.ts';
import type { Scenario } from '../../workspace/scenario/scenario.ts';
import { startWorkspace } from '../../workspace/server/server.ts';
import type { Cli } from '../cli.ts';
import { embeddedZones, keptFolders } from '../embedded-zones.ts';

interface Options {
  readonly folder?: string;
  readonly cache?: string;
  readonly owner: string;
  readonly port?: string;
  readonly idleMinutes?: string;
  readonly scenario?: string;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--folder <path>', "the workspace's folder (default: the home's)")
    .option('--cache <path>', 'folder of prepared Python environments')
    .option('--owner <name>', "the machine's owner, an admin", 'you@localhost')
    .option('--port <number>', 'must be free')
    .option('--idle-minutes <number>', 'end after so long without a request and without a run')
    .option('--scenario <file>', 'what is to go wrong, and what time it is')
    .addHelpText('after', '\nExamples:\n  hermes workspace serve --port 7413')
    .action(async (options: Options) => {
      await serve(cli(), options);
    });
}

async function serve(cli: Cli, options: Options): Promise<void> {
  const given = options.folder === undefined ? undefined : resolve(cli.cwd, options.folder);
  const home = given === undefined ? cli.home : homeOfWorkspace(given, cli.home, cli.env);
  const idleMinutes = options.idleMinutes === undefined ? undefined : Number(options.idleMinutes);
  const workspace = await startWorkspace({
    folder: given ?? home.workspace,
    cacheFolder: options.cache ?? home.cache,
    owner: options.owner,
    machine: cli.env,
    readObject: readBucketObject,
    artifacts: catalogOf(home),
    zones: embeddedZones(home),
    // Passwords and connections of a local Airflow.
    protectedFolders: [join(home.root, 'airflow')],
    keptFolders: keptFolders(home),
    ...(options.port === undefined ? {} : { port: parsePort(options.port) }),
    ...(options.scenario === undefined ? {} : { scenario: await scenarioOf(options.scenario) }),
    ...(idleMinutes === undefined ? {} : { idleMs: idleMinutes * 60_000 }),
  });
  if (workspace === undefined) {
    cli.note('Another process serves this workspace already.');
    return;
  }
  cli.note(`Workspace at ${workspace.url}`);
  cli.signal.addEventListener('abort', () => void workspace.close(), { once: true });
  await workspace.closed;
}

/** Read when somebody opens the pages of artifacts: the start need not wait for what reads them. */
function catalogOf(home: Home): ArtifactCatalog {
  const load = async (): Promise<ArtifactCatalog> =>
    (await import('../artifacts/artifact-catalog.ts')).artifactCatalog(home);
  return {
    teams: async (...given) => (await load()).teams(...given),
    projects: async (...given) => (await load()).projects(...given),
    project: async (...given) => (await load()).project(...given),
  };
}

/** Few servers play one: the others need not wait for what reads it. */
export async function scenarioOf(path: string, shown?: string): Promise<Scenario> {
  const { readScenario } = await import('../../workspace/scenario/scenario.ts');
  return readScenario(path, shown);
}

/** A port number from a command line. @throws ConfigError for anything else. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new ConfigError(
    `Cannot use port ${JSON.stringify(text)}: a whole number from 1 to 65535 is needed.`,
    {
      code: 'HERMES_PORT',
    },
  );
}
