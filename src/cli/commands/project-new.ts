import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { readHermesYaml } from '../../config/hermes-yaml.ts';
import { ConfigError, HermesError } from '../../core/errors.ts';
import { type GitContext, git } from '../../github/git/git.ts';
import { resolveIdentity } from '../../github/git/identity.ts';
import { planProject } from '../../templates/plan-project.ts';
import { readRecord } from '../../templates/read-record.ts';
import { writeFiles } from '../../templates/write-files.ts';
import type { Cli } from '../cli.ts';
import { shellWord } from '../shell-word.ts';

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('<name>', 'name of the project: lower-case words joined by "-" or "_"')
    .addHelpText(
      'after',
      `
Makes a folder with a script, its tests and its pyproject.toml, copied from the sample of the template.

Examples:
  hermes project new observations`,
    )
    .action(async (name: string) => {
      const cli = openCli();
      const { team, folder } = productRepository(cli.cwd);
      const identity = await resolveIdentity(folder, { env: cli.env, signal: cli.signal });
      const author = { authorName: identity.name, authorEmail: identity.email };
      const files = planProject({ team, project: name, ...author });
      refuseTaken(name, folder);
      try {
        writeFiles(folder, files);
      } catch (error) {
        rmSync(join(folder, name), { recursive: true, force: true });
        throw error;
      }
      const branch = await branchOf(folder, { env: cli.env, signal: cli.signal });
      report(cli, name, relative(cli.cwd, join(folder, name)), files.length, branch);
    });
}

/** The product repository that the working folder lies in. */
function productRepository(cwd: string): { readonly team: string; readonly folder: string } {
  const yaml = readHermesYaml(cwd);
  if (yaml === undefined) {
    throw new ConfigError(`Cannot add a project: no hermes.yaml in ${cwd} or above it.`, {
      code: 'HERMES_NO_REPOSITORY',
      nextStep: 'Go into a repository that `hermes repo create` made.',
    });
  }
  if (readRecord(cwd)?.record.kind === 'airflow') {
    throw new ConfigError(`Cannot add a project: ${yaml.folder} holds DAGs, not projects.`, {
      code: 'HERMES_WRONG_REPOSITORY',
      nextStep: 'Go into the repository with the data products of the team.',
    });
  }
  return yaml;
}

/** `my-app` and `my_app` would be the same Python module, and on some disks `My_App` the same folder. */
function refuseTaken(name: string, folder: string): void {
  const taken = readdirSync(folder).find((entry) => moduleOf(entry).toLowerCase() === moduleOf(name));
  if (taken === undefined) return;
  throw new ConfigError(`Cannot add project ${name}: ${join(folder, taken)} exists already.`, {
    code: 'HERMES_PROJECT_TAKEN',
    nextStep: 'Choose another name.',
  });
}

/** The branch that is checked out; undefined on the default branch, which everybody shares, and outside of git. */
async function branchOf(folder: string, context: GitContext): Promise<string | undefined> {
  const branch = await targetOf('HEAD', folder, context);
  const shared = (await targetOf('refs/remotes/origin/HEAD', folder, context))?.replace(/^origin\//, '');
  return [shared, ...(shared === undefined ? ['main', 'master'] : [])].includes(branch) ? undefined : branch;
}

async function targetOf(name: string, folder: string, context: GitContext): Promise<string | undefined> {
  try {
    return await git(folder, ['symbolic-ref', '--quiet', '--short', name], context);
  } catch (error) {
    if (error instanceof HermesError) return undefined;
    throw error;
  }
}

function report(cli: Cli, name: string, shown: string, files: number, own?: string): void {
  const module = moduleOf(name);
  const script = join(shown, module, `${module}.py`);
  const branch = shellWord(own ?? `feature/${name}`);
  cli.object({ project: name, folder: shown, files, script });
  cli.print(`${cli.style('green', '✓')} ${shown}  ${files} files`);
  cli.print();
  cli.print('Next:');
  const steps = [
    [`python3 ${script}`, 'it works already; make it yours'],
    [`hermes test ${name}`, 'run its tests'],
    ...(own === undefined ? [[`git switch -c ${branch}`, 'a branch: your own copy']] : []),
    [`git add ${shown} && git commit -m "Add ${name}"`, 'save it, with a sentence that says why'],
    [`git push -u origin ${branch}`, 'CI publishes it to development'],
  ];
  const width = Math.max(...steps.map(([line = '']) => line.length)) + 3;
  for (const [line = '', what] of steps) cli.print(`  ${line.padEnd(width)}${what}`);
}

function moduleOf(name: string): string {
  return name.replaceAll('-', '_');
}
