import type { Command } from 'commander';
import { openStore } from '../../artifacts/open-store.ts';
import { readHermesYaml } from '../../config/hermes-yaml.ts';
import { knownEnvironments, resolveEnvironment } from '../../config/resolve-environment.ts';
import { HermesError, WorkFailedError } from '../../core/errors.ts';
import { workspaceStatus } from '../../workspace/launch.ts';
import type { Cli } from '../cli.ts';
import { checkMachine, type Finding, failed, ok } from '../machine-checks.ts';
import { checkOrigin } from '../origin-check.ts';

const MARKS = { ok: '✓', warning: '!', failed: '✗' } as const;
const INDENT = `\n${' '.repeat(24)}`;
const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red' } as const;

export function configure(command: Command, cli: () => Cli): void {
  command
    .addHelpText(
      'after',
      `
Checks Node, git, Python, the disk, the embedded workspace, and (inside a repository) every environment.

Examples:
  hermes doctor
  hermes doctor --json`,
    )
    .action(async () => {
      const view = cli();
      const findings = [
        ...(await checkMachine(view.home.root, view.env)),
        await checkWorkspace(view),
        ...(await checkRepository(view)),
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

/** The repository around the working folder: its team, and each environment with its store. */
async function checkRepository(view: Cli): Promise<Finding[]> {
  try {
    const team = readHermesYaml(view.cwd)?.team;
    if (team === undefined) return [];
    const environments = await Promise.all(
      knownEnvironments(view.cwd).map((name) => checkEnvironment(view, name, team)),
    );
    const origin = await checkOrigin(view.cwd, view.home);
    return [ok('team', team), ...(origin === undefined ? [] : [origin]), ...environments];
  } catch (error) {
    return [fromError('hermes.yaml', error)];
  }
}

async function checkEnvironment(view: Cli, name: string, team: string): Promise<Finding> {
  const title = `environment ${name}`;
  try {
    const environment = resolveEnvironment({ name, team, folder: view.cwd, home: view.home });
    let files = 0;
    const store = await openStore(environment.artifacts);
    for await (const _ of store.list(`${team}/`, view.signal)) files += 1;
    // The right to list is not the right to read: a key that nobody has is absent only for those who hold both.
    await store.read(`${team}/hermes-doctor`, view.signal);
    const kind = environment.embedded ? 'embedded' : 'real';
    return ok(title, `${kind}, ${files} files of ${team} in ${environment.artifacts}`);
  } catch (error) {
    return fromError(title, error);
  }
}

function fromError(name: string, error: unknown): Finding {
  if (!(error instanceof HermesError)) throw error;
  return failed(name, error.message, error.nextStep ?? 'Correct it and run hermes doctor again.');
}
