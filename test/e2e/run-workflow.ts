import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { pythonTools } from '../python-tools.ts';
import { startGuarded } from '../s3/guarded-process.ts';
import { temporaryFolder } from '../setup.ts';

/** What happened on GitHub, in the words of its webhook. */
export interface GitHubEvent {
  readonly name: 'push' | 'pull_request' | 'workflow_dispatch';
  /** The full ref that the workflow runs for: `refs/heads/…`, `refs/pull/7/merge`. */
  readonly ref: string;
  /** The payload beside `ref` and `repository`: `before`, `after`, `pull_request`, `inputs`. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Where a workflow runs, and what is set there. */
export interface Runner {
  /** Path of the bare repository that stands for GitHub. */
  readonly origin: string;
  /** Variables of the repository. */
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Credentials of each role that a job may take, by its ARN. */
  readonly roles: Readonly<Record<string, object>>;
  /** What the machine itself has set. */
  readonly env: NodeJS.ProcessEnv;
}

/** How a run of a workflow ended. */
export interface WorkflowRun {
  /** Jobs that ran, with how they ended; those that were skipped are not in it. */
  readonly jobs: Readonly<Record<string, string>>;
  /** Which job took which role, in order. */
  readonly taken: readonly { readonly job: string; readonly role: string }[];
  /** Everything that the steps printed, each line with its job. */
  readonly log: string;
  /** Files that jobs handed over, by the name of the artifact. */
  readonly artifacts: string;
}

interface LogLine {
  readonly jobID?: string;
  readonly msg?: string;
  readonly jobResult?: string;
}

const ACTIONS = join(packageRoot, 'test', 'fixtures', 'actions');

/**
 * Runs the workflows of a commit for an event by act, without containers: https://github.com/nektos/act. Actions of others
 * are replaced by their stand-ins in `test/fixtures/actions`, which do the same with what this machine has.
 */
export async function runWorkflow(runner: Runner, event: GitHubEvent): Promise<WorkflowRun> {
  const folder = temporaryFolder('hermes-act-');
  const checkout = join(folder, 'checkout');
  checkOut(runner.origin, event.ref, checkout);
  const cache = join(folder, 'cache');
  const tools = join(cache, 'tool_cache');
  mkdirSync(tools, { recursive: true });
  writeFileSync(join(tools, 'roles.json'), JSON.stringify(runner.roles));
  const eventFile = join(folder, 'event.json');
  const repository = {
    name: 'weather',
    full_name: 'acme/weather',
    default_branch: 'master',
    clone_url: runner.origin,
  };
  writeFileSync(eventFile, JSON.stringify({ ref: event.ref, repository, ...event.payload }));
  const log = join(folder, 'act.log');
  const words = [
    ...[join(pythonTools('test'), 'act'), event.name, '--directory', checkout, '--eventpath', eventFile],
    ...['--platform', 'ubuntu-24.04=-self-hosted', '--json', '--no-cache-server', '--no-skip-checkout'],
    ...['--action-cache-path', cache, '--concurrent-jobs', '1'],
    ...standIns(checkout),
    ...options('--var', runner.variables),
    ...options('--secret', runner.secrets ?? {}),
  ];
  const env = { ...process.env, HOME: folder, PATH: withOwnNode(process.env.PATH), ...runner.env };
  await startGuarded(words, { cwd: folder, log, env }).ended;
  return {
    ...readLog(readFileSync(log, 'utf8')),
    taken: readTaken(tools),
    artifacts: join(tools, 'artifacts'),
  };
}

/** GitHub reads workflows from the commit that the event is about. */
function checkOut(origin: string, ref: string, folder: string): void {
  const git = (...words: string[]) => execFileSync('git', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  git('init', '--quiet', '--initial-branch=main', folder);
  git('-C', folder, 'fetch', '--quiet', origin, `+${ref}:refs/heads/here`);
  git('-C', folder, 'checkout', '--quiet', 'here');
  git('-C', folder, 'remote', 'add', 'origin', 'https://github.com/acme/weather.git');
}

function standIns(checkout: string): string[] {
  const workflows = join(checkout, '.github', 'workflows');
  const texts = readdirSync(workflows).map((name) => readFileSync(join(workflows, name), 'utf8'));
  const used = texts.flatMap((text) => [...text.matchAll(/uses: ([\w-]+\/([\w-]+)@[0-9a-f]{40})/g)]);
  const folders = new Map(used.map(([, action = '', name = '']) => [action, join(ACTIONS, name)]));
  return [...folders].flatMap(([action, folder]) => ['--local-repository', `${action}=${folder}`]);
}

function options(name: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => [name, `${key}=${value}`]);
}

function withOwnNode(path: string | undefined): string {
  return [join(packageRoot, 'node_modules', '.bin'), path].join(delimiter);
}

function readLog(text: string): Pick<WorkflowRun, 'jobs' | 'log'> {
  const jobs: Record<string, string> = {};
  const lines = text.split('\n').flatMap((line) => {
    const { jobID, msg = '', jobResult } = parseLine(line);
    if (jobID !== undefined && jobResult !== undefined) jobs[jobID] = jobResult;
    return [`${jobID ?? ''}: ${msg.trimEnd()}`];
  });
  return { jobs, log: lines.join('\n') };
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line);
  } catch {
    return { msg: line };
  }
}

function readTaken(tools: string): WorkflowRun['taken'] {
  const path = join(tools, 'taken.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}
