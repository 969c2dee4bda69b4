import type { Command } from 'commander';
import type { Environment } from '../../config/environment.ts';
import { readHermesYaml } from '../../config/hermes-yaml.ts';
import {
  knownEnvironments,
  requireEnvironment,
  resolveEnvironment,
} from '../../config/resolve-environment.ts';
import { ConfigError, WorkFailedError } from '../../core/errors.ts';
import { workspaceStatus } from '../../workspace/server/launch.ts';
import type { Cli } from '../cli.ts';
import { type Finding, fromError, ok } from '../doctor/finding.ts';
import { checkMachine } from '../doctor/machine-checks.ts';
import { checkOrigin } from '../doctor/origin-check.ts';
import { checkByRun } from '../doctor/probe-check.ts';
import { checkStore } from '../doctor/store-checks.ts';
import { checkEnvironmentWorkspace } from '../doctor/workspace-checks.ts';
import { checkZones } from '../doctor/zone-checks.ts';

const MARKS = { ok: '✓', unknown: '?', warning: '!', failed: '✗' } as const;
const INDENT = `\n${' '.repeat(24)}`;
const COLOURS = { ok: 'green', unknown: 'dim', warning: 'yellow', failed: 'red' } as const;

interface Options {
  readonly env?: string;
  readonly run?: true;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--env <environment>', 'check this environment only, of those of the repository')
    .option('--run', 'also run a tiny script on a cluster of --env; on a real workspace this takes minutes')
    .addHelpText(
      'after',
      `
Checks Node, git, Python, the disk, the embedded workspace, and (inside a repository) every environment: its store and
latest, and on its workspace who you are, your groups, the cluster policy and its instance profile.

Examples:
  hermes doctor
  hermes doctor --env dev --profile my-workspace
  hermes doctor --env dev --run
  hermes doctor --json`,
    )
    .action(async (options: Options) => {
      const view = cli();
      requireScope(options);
      const findings = [
        ...(await checkMachine(view.home.root, view.env)),
        await checkWorkspace(view),
        ...(await checkRepository(view, options)),
      ];
      for (const finding of findings) report(view, finding);
      const count = findings.filter((finding) => finding.state === 'failed').length;
      if (count > 0) {
        throw new WorkFailedError(`${count} of ${findings.length} checks failed.`, {
          code: 'HERMES_DOCTOR',
          nextStep: 'Each line marked ✗ ends with its cure.',
        });
      }
    });
}

function report(view: Cli, { name, state, detail, cure }: Finding): void {
  view.object({ name, state, detail, cure });
  view.print(
    `${view.style(COLOURS[state], MARKS[state])} ${name.padEnd(22)}${detail.replaceAll('\n', INDENT)}`,
  );
  if (cure !== undefined) view.print(`${INDENT.slice(1)}${cure}`);
}

async function checkWorkspace(view: Cli): Promise<Finding> {
  const status = await workspaceStatus(view.home.workspace);
  return ok(
    'embedded workspace',
    status === undefined ? 'not running; commands that need it start it' : `up at ${status.url}`,
  );
}

/** The repository around the working folder: its team, and each environment with its store and its workspace. */
async function checkRepository(view: Cli, { env: only, run }: Options): Promise<Finding[]> {
  try {
    if (only !== undefined) requireEnvironment(only, view.cwd);
    const team = readHermesYaml(view.cwd)?.team;
    if (team === undefined) return [];
    const origin = await checkOrigin(view.cwd, view.home);
    const environments = knownEnvironments(view.cwd).map((name) => describe(view, name, team));
    const chosen = environments.filter(({ name }) => only === undefined || name === only);
    const known = environments.flatMap(({ environment }) => environment ?? []);
    const findings = await Promise.all(
      chosen.map(({ problem, environment }) =>
        environment === undefined ? problem : checkEnvironment(view, environment, known),
      ),
    );
    const runs = run === true ? await checkRuns(view, chosen) : [];
    return [ok('team', team), ...(origin === undefined ? [] : [origin]), ...findings.flat(), ...runs];
  } catch (error) {
    return [fromError('hermes.yaml', error)];
  }
}

async function checkRuns(view: Cli, chosen: readonly Described[]): Promise<Finding[]> {
  const environments = chosen.flatMap(({ environment }) => environment ?? []);
  return Promise.all(environments.map((environment) => checkByRun(view, environment)));
}

/** A cluster costs money: nobody starts one on every environment by a slip. */
function requireScope({ env, run }: Options): void {
  if (run !== true || env !== undefined) return;
  throw new ConfigError('Cannot run a script everywhere: --run needs --env.', {
    code: 'HERMES_DOCTOR_SCOPE',
    nextStep: 'For example: hermes doctor --run --env dev',
  });
}

interface Described {
  readonly name: string;
  /** Absent when its files are wrong. */
  readonly environment?: Environment;
  readonly problem: readonly Finding[];
}

function describe(view: Cli, name: string, team: string): Described {
  try {
    const question = { name, team, folder: view.cwd, home: view.home };
    return { name, environment: resolveEnvironment(question), problem: [] };
  } catch (error) {
    return { name, problem: [fromError(`environment ${name}`, error)] };
  }
}

async function checkEnvironment(
  view: Cli,
  environment: Environment,
  all: readonly Environment[],
): Promise<Finding[]> {
  const [store, workspace] = await Promise.all([
    checkStore(environment, view.signal),
    checkEnvironmentWorkspace(view, environment),
  ]);
  return [...store, ...workspace, ...checkZones(environment, all)];
}
