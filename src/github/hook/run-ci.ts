import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home } from '../../config/home.ts';
import type { Clock } from '../../core/clock.ts';
import { HermesError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { git } from '../git/git.ts';
import { ciEnvironment, keptSignIns } from './ci-environment.ts';
import { type CiLog, openCiLog } from './ci-log.ts';
import { type CiFolder, openCiFolder, writeCiRun } from './ci-record.ts';
import type { CiOutcome, CiRun, CiStep } from './ci-run.ts';
import { runCommands } from './run-commands.ts';
import { type CiPlan, planTravis } from './travis-file.ts';

/** One pushed branch, and the bare repository that received it. */
export interface CiRequest {
  readonly home: Home;
  /** Path of the bare repository. */
  readonly repositoryFolder: string;
  readonly repository: string;
  readonly branch: string;
  readonly ref: string;
  readonly commit: string;
  readonly before: string | undefined;
}

export interface CiContext {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Gets every line of the log as it comes. */
  readonly show: (line: string) => void;
}

/**
 * Runs CI for a pushed branch as Travis would: a clean clone of the commit, a clean environment, the commands of
 * `.travis.yml` (without one, `build_tools/test.sh`), then its deployment when they passed.
 * Leaves `log.txt` and `result.json` in the home; the clone is removed in any case.
 * Never throws for what the repository does wrong: that is the outcome.
 */
export async function runCi(request: CiRequest, context: CiContext): Promise<CiRun> {
  const folder = openCiFolder(request.home.ci, request.repository);
  const log = openCiLog(folder.log, context.show);
  const startedAt = context.clock.now();
  const { number } = folder;
  const { ref, commit } = request;
  const record = (outcome: CiOutcome, steps: readonly CiStep[]): CiRun => {
    const times = { startedAt: startedAt.toISOString(), seconds: secondsSince(startedAt, context.clock) };
    const run = { number, ref, commit, outcome, log: folder.log, steps, ...times };
    writeCiRun(folder, run);
    return run;
  };
  try {
    record('running', []);
    log.line(`CI ${number} of ${request.repository}: ${printableLine(request.branch)} ${commit.slice(0, 8)}`);
    const steps = await inCleanClone(request, context, (build) =>
      runPlan(build, request, folder, log, context),
    );
    const run = record(outcomeOf(steps), steps);
    log.line(summary(run, secondsSince(startedAt, context.clock)));
    return run;
  } catch (error) {
    const outcome = context.signal.aborted ? 'interrupted' : 'failed';
    log.line(`${outcome === 'interrupted' ? 'CI was interrupted.' : reasonOf(error)} Log: ${folder.log}`);
    return record(outcome, []);
  } finally {
    log.close();
  }
}

/** Makes a clone of the commit whose `origin` is the repository, and removes it afterwards. */
async function inCleanClone<T>(
  request: CiRequest,
  context: CiContext,
  use: (buildFolder: string) => Promise<T>,
): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), 'hermes-ci-'));
  const build = join(parent, request.repository);
  try {
    // A pusher's own hooks have no place in a clean clone.
    const noHooks = ['-c', 'core.hooksPath=/dev/null'];
    await git(
      parent,
      [...noHooks, 'clone', '--quiet', '--no-checkout', request.repositoryFolder, build],
      context,
    );
    await git(build, [...noHooks, 'checkout', '--quiet', '--detach', request.commit], context);
    return await use(build);
  } finally {
    rmSync(parent, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runPlan(
  buildFolder: string,
  request: CiRequest,
  folder: CiFolder,
  log: CiLog,
  context: CiContext,
): Promise<CiStep[]> {
  const plan = planCi(buildFolder, request.branch);
  const subject = { ...request, number: folder.number, log: folder.log, buildFolder };
  const env = ciEnvironment(context.env, request.home, subject);
  const run = { ...context, folder: buildFolder, env, onOutput: log.write };
  const script = await runCommands(plan.script, run);
  const steps = script.map((step): CiStep => ({ phase: 'script', ...step }));
  if (outcomeOf(steps) !== 'passed') return steps;
  for (const note of plan.notes) log.line(note);
  const deploy = plan.deploy.length === 0 ? [] : await runCommands(plan.deploy, run);
  const deployed = deploy.map((step): CiStep => ({ phase: 'deploy', ...step }));
  if (outcomeOf(deployed) === 'failed') sayKeptSignIns(context.env, log);
  return [...steps, ...deployed];
}

/** What the pusher can read of a bucket, CI may not: the error alone would send him to sign in once more. */
function sayKeptSignIns(env: NodeJS.ProcessEnv, log: CiLog): void {
  const names = keptSignIns(env);
  if (names.length === 0) return;
  log.line(`CI does not get the AWS sign-in of your shell (${names.join(', ')}).`);
  log.line(
    'It takes a profile of ~/.aws: aws configure --profile NAME, and AWS_PROFILE=NAME at the next push.',
  );
}

function planCi(buildFolder: string, branch: string): CiPlan {
  const travis = join(buildFolder, '.travis.yml');
  if (existsSync(travis)) return planTravis(readFileSync(travis, 'utf8'), branch);
  const script = 'build_tools/test.sh';
  return { script: existsSync(join(buildFolder, script)) ? [script] : [], deploy: [], notes: [] };
}

function outcomeOf(steps: readonly CiStep[]): CiOutcome {
  if (steps.length === 0) return 'skipped';
  return steps.every((step) => step.exitCode === 0) ? 'passed' : 'failed';
}

function summary(run: CiRun, seconds: number): string {
  if (run.outcome === 'skipped') return 'CI had nothing to run: no .travis.yml, no build_tools/test.sh.';
  const failed = run.steps.find((step) => step.exitCode !== 0);
  const what = failed === undefined ? 'passed' : `failed: ${failed.command} exited with ${failed.exitCode}`;
  return `CI ${what} (${seconds.toFixed(1)}s). Log: ${run.log}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof HermesError) return `CI failed: ${error.message} ${error.nextStep ?? ''}`.trimEnd();
  return `CI failed: ${error instanceof Error ? error.message : String(error)}`;
}

function secondsSince(start: Date, clock: Clock): number {
  return (clock.now().getTime() - start.getTime()) / 1000;
}
