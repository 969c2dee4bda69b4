import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../../core/clock.ts';
import { ConfigError, RemoteError } from '../../core/errors.ts';
import { makeFolder } from '../../core/make-folder.ts';
import { hermesVersion } from '../../core/package-root.ts';
import { processIdentity } from '../../core/process-group.ts';
import { ownerTokenFile, readAddress, readOwnerToken, type ServerAddress } from './address.ts';
import { askHealth } from './health.ts';
import { keepServer } from './idle.ts';

export interface LaunchOptions {
  /** The workspace's folder: `home.workspace`. */
  readonly folder: string;
  /** Prepared Python environments: `home.cache`. @defaultValue a folder of the workspace */
  readonly cacheFolder?: string;
  /** Variables that the server gets, when one has to be started. @defaultValue those of this process */
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Must be free when a server has to be started. */
  readonly port?: number;
  /** Name of the machine's owner. @defaultValue `you@localhost` */
  readonly owner?: string;
  /** The server stays until it is stopped; otherwise it ends after 15 minutes without use. */
  readonly stays?: boolean;
  readonly clock?: Clock;
  /** File of a scenario that the server is to play; it must not be running yet. */
  readonly scenario?: string;
}

/** A workspace to talk to. */
export interface ReachableWorkspace {
  readonly url: string;
  /** The owner's token. */
  readonly token: string;
  readonly userName: string;
  /** Whether this call started it. */
  readonly started: boolean;
  /** The port of last time, when it is another: links to it lead nowhere. */
  readonly movedFrom?: number;
}

/** A workspace that is up. */
export interface WorkspaceStatus {
  readonly url: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly version: string;
  readonly activeRuns: number;
  /** Name of the scenario that it plays. */
  readonly scenario?: string;
}

/** After so long without a request and without a run, a server that was started on demand ends. */
const IDLE_MS = 15 * 60_000;
const DEFAULT_OWNER = 'you@localhost';
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 30_000;
const POLL_MS = 25;
const RETRY_MS = 1_000;

/**
 * Answers the workspace of a folder, starting it when it is not running. Callers at the same moment share one server.
 * @throws ConfigError, RemoteError when it does not come up; the error ends with what the server said.
 */
export async function ensureWorkspace(options: LaunchOptions): Promise<ReachableWorkspace> {
  const clock = options.clock ?? systemClock;
  const running = await currentServer(options, clock);
  if (running !== undefined) {
    if (options.scenario !== undefined) throw runsAlready(running.address);
    return reachable(options, running.address, false);
  }
  const log = join(options.folder, 'server.log');
  makeFolder(options.folder, 0o700);
  let child = spawnServer(options, log);
  let quietMs = 0;
  for (let waited = 0; waited < START_LIMIT_MS; waited += POLL_MS) {
    await clock.sleep(POLL_MS, options.signal);
    const found = await findServer(options.folder);
    if (found !== undefined) {
      const isOurs = found.address.pid === child.pid;
      if (!isOurs) child.end();
      if (!isOurs && options.scenario !== undefined) throw runsAlready(found.address);
      return reachable(options, found.address, isOurs);
    }
    const code = child.exitCode();
    if (code !== undefined && code !== 0) throw startFailure(options, log, code);
    // Another process held the folder. It is about to answer, or it was about to end: then it is our turn.
    quietMs = code === 0 ? quietMs + POLL_MS : 0;
    if (quietMs >= RETRY_MS) child = spawnServer(options, log);
  }
  throw new RemoteError('Cannot start the workspace: it did not answer in time.', {
    code: 'HERMES_WORKSPACE_TIMEOUT',
    facts: { log, seconds: START_LIMIT_MS / 1_000 },
    nextStep: 'Try again; the log says how far it came.',
  });
}

/** The workspace of a folder when it is up; never starts it. */
export async function workspaceStatus(folder: string): Promise<WorkspaceStatus | undefined> {
  const found = await findServer(folder);
  if (found === undefined) return undefined;
  const { url, pid, startedAt, version, scenario } = found.address;
  const playing = scenario === undefined ? {} : { scenario };
  return { url, pid, startedAt, version, activeRuns: found.activeRuns, ...playing };
}

/** Stops the workspace of a folder. Runs that are going are cancelled; `cancelledRuns` says how many. */
export async function stopWorkspace(
  folder: string,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<{ stopped: boolean; cancelledRuns: number }> {
  const found = await findServer(folder);
  if (found === undefined) return { stopped: false, cancelledRuns: 0 };
  const { pid } = found.address;
  const identity = processIdentity(pid);
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < STOP_LIMIT_MS; waited += POLL_MS) {
    if (processIdentity(pid) !== identity) return { stopped: true, cancelledRuns: found.activeRuns };
    await clock.sleep(POLL_MS, signal);
  }
  throw new RemoteError('Cannot stop the workspace: it is still there.', {
    code: 'HERMES_WORKSPACE_TIMEOUT',
    facts: { pid, seconds: STOP_LIMIT_MS / 1_000 },
    nextStep: `Look at ${join(folder, 'server.log')}; kill ${pid} ends it for good, and the next start settles its runs.`,
  });
}

/** The server that is up, unless it is of another Hermes version and has nothing to do: that one is stopped. */
async function currentServer(options: LaunchOptions, clock: Clock): Promise<FoundServer | undefined> {
  const found = await findServer(options.folder);
  if (found === undefined) return undefined;
  if (found.address.version !== hermesVersion && found.activeRuns === 0) {
    await stopWorkspace(options.folder, options.signal, clock);
    return undefined;
  }
  if (options.stays === true) keepServer(options.folder, found.address.instance);
  return found;
}

interface FoundServer {
  readonly address: ServerAddress;
  readonly activeRuns: number;
}

/** The server that `server.json` names, when it answers and is the one that wrote it. */
async function findServer(folder: string): Promise<FoundServer | undefined> {
  const address = readAddress(folder);
  if (address === undefined) return undefined;
  const health = await askHealth(address.url);
  return health?.instance === address.instance ? { address, activeRuns: health.activeRuns } : undefined;
}

function runsAlready({ url, scenario }: ServerAddress): ConfigError {
  const playing = scenario === undefined ? '' : ` with the scenario ${scenario}`;
  return new ConfigError(`Cannot start the workspace with a scenario: it is running already${playing}.`, {
    code: 'HERMES_WORKSPACE_RUNS',
    facts: { url },
    nextStep: 'Run: hermes workspace stop, then start it with the scenario.',
  });
}

function reachable(options: LaunchOptions, address: ServerAddress, started: boolean): ReachableWorkspace {
  const token = readOwnerToken(options.folder);
  if (token === undefined)
    throw new ConfigError('Cannot use the workspace: its owner token is missing or not readable.', {
      code: 'HERMES_WORKSPACE_TOKEN',
      facts: { file: ownerTokenFile(options.folder) },
      nextStep: 'Run: hermes workspace stop, then hermes workspace start (it makes a fresh one).',
    });
  const moved = started && address.movedFrom !== undefined ? { movedFrom: address.movedFrom } : {};
  return { url: address.url, token, userName: options.owner ?? DEFAULT_OWNER, started, ...moved };
}

interface ServerProcess {
  readonly pid: number | undefined;
  /** Undefined while it runs; -1 when it could not be started or was killed. */
  exitCode(): number | undefined;
  end(): void;
}

function spawnServer(options: LaunchOptions, log: string): ServerProcess {
  writeFileSync(log, '', { mode: 0o600 });
  const output = openSync(log, 'a', 0o600);
  let code: number | undefined;
  try {
    const child = spawn(process.execPath, [mainFile(), ...serveWords(options)], {
      cwd: options.folder,
      detached: true,
      ...(options.environment === undefined ? {} : { env: options.environment }),
      stdio: ['ignore', output, output],
    });
    child.once('error', () => {
      code = -1;
    });
    child.once('exit', (exitCode) => {
      code = exitCode ?? -1;
    });
    child.unref();
    return { pid: child.pid, exitCode: () => code, end: () => child.kill() };
  } finally {
    closeSync(output);
  }
}

function serveWords(options: LaunchOptions): string[] {
  return [
    'workspace',
    'serve',
    '--folder',
    options.folder,
    '--owner',
    options.owner ?? DEFAULT_OWNER,
    ...(options.cacheFolder === undefined ? [] : ['--cache', options.cacheFolder]),
    ...(options.port === undefined ? [] : ['--port', String(options.port)]),
    ...(options.scenario === undefined ? [] : ['--scenario', options.scenario]),
    ...(options.stays === true ? [] : ['--idle-minutes', String(IDLE_MS / 60_000)]),
  ];
}

/** This package's own command, beside this file: `.ts` from sources, `.js` when built. */
function mainFile(): string {
  const own = fileURLToPath(import.meta.url);
  return fileURLToPath(new URL(`../../cli/main${own.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));
}

function startFailure(options: LaunchOptions, log: string, code: number): Error {
  const said = readFileSync(log, 'utf8').trim();
  if (code === 2 && options.port !== undefined)
    return new ConfigError(said.split('\n')[0] ?? 'Cannot start the workspace.', {
      code: 'HERMES_WORKSPACE_START',
      nextStep: said.split('\n').slice(1).join('\n'),
    });
  return new RemoteError(
    `Cannot start the workspace: ${said.split('\n').slice(-5).join('\n') || 'it ended at once.'}`,
    {
      code: 'HERMES_WORKSPACE_START',
      facts: { exit: code, log },
    },
  );
}
