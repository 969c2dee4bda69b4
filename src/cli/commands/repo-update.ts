import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import { resolveIdentity } from '../../github/identity.ts';
import { type ProposalOutcome, UPDATE_BRANCH } from '../../github/repository-fleet.ts';
import { readRecord } from '../../templates/read-record.ts';
import type { Cli } from '../cli.ts';
import { type FleetOptions, fleetOptions, isFleet } from '../repositories/fleet-options.ts';
import { type CloneUpdate, prepareCloneUpdate } from '../repositories/update-clone.ts';
import { updateLines, updateObjects, versionsText } from '../repositories/update-lines.ts';
import { offerUpdate } from '../repositories/update-repository.ts';

interface Options extends FleetOptions {
  readonly plan?: true;
}

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('[folder]', 'a folder of the repository', '.')
    .option('--plan', 'print what would happen to each file, and change nothing')
    .addHelpText(
      'after',
      `
Brings the files that Hermes manages (CI, build_tools, .gitignore) to the template of this Hermes, as one commit on the
branch ${UPDATE_BRANCH}. What you changed by hand is merged; what you deleted stays deleted; your projects are not touched.
The default branch and your working folder stay as they are.

With --all, the same as one pull request for each repository of an organisation that is behind: opened, or brought up to
date in place; a draft where there are conflicts to solve. Run again at any time.

Examples:
  hermes repo update --plan
  hermes repo update
  hermes repo update --all acme --plan
  hermes repo update --all acme --only weather`,
    );
  for (const option of fleetOptions()) command.addOption(option);
  command.action(async (folder: string, options: Options) => {
    const cli = openCli();
    if (isFleet(folder, options)) {
      const { updateFleet } = await import('../repositories/update-fleet.ts');
      return updateFleet(cli, options, options.plan === true);
    }
    await updateClone(cli, resolve(cli.cwd, folder), options);
  });
}

async function updateClone(cli: Cli, folder: string, options: Options): Promise<void> {
  const found = readRecord(folder);
  if (found === undefined) throw notFromTemplate(folder);
  const context = { env: cli.env, signal: cli.signal };
  const prepared = await prepareCloneUpdate(found.folder, context);
  const isPlan = options.plan === true;
  const identity = await resolveIdentity(found.folder, context);
  const outcome = isPlan ? undefined : await offerUpdate(prepared.fleet, prepared, identity, cli.signal);
  report(cli, prepared, outcome);
}

function report(cli: Cli, prepared: CloneUpdate, proposed: ProposalOutcome | undefined): void {
  const { update, repository, counts } = prepared;
  const { from, to } = update;
  const outcome = proposed?.outcome ?? 'planned';
  const branch = proposed?.url === undefined ? undefined : UPDATE_BRANCH;
  const files = updateObjects(update, counts);
  cli.object({ repository: repository.name, from, to, outcome, branch, reason: proposed?.reason, files });
  cli.print(`${repository.name} · ${versionsText(update)}`);
  for (const line of updateLines(cli, update, counts)) cli.print(line);
  for (const line of outcomeLines(prepared, proposed)) cli.print(line);
}

function outcomeLines(prepared: CloneUpdate, proposed: ProposalOutcome | undefined): string[] {
  const { update, repository, isOffered } = prepared;
  if (update.changes.length === 0)
    return [
      'Nothing to update.',
      ...(proposed?.outcome === 'withdrawn'
        ? [`The branch ${UPDATE_BRANCH} is gone: it had nothing more.`]
        : []),
    ];
  if (proposed === undefined) return ['Nothing was changed: this is the plan.'];
  if (proposed.outcome === 'left')
    return [
      `The branch ${UPDATE_BRANCH} stays as it is: ${proposed.reason}.`,
      `To begin again: git branch -D ${UPDATE_BRANCH}`,
    ];
  const stands = proposed.outcome === 'current' ? 'stands already' : 'is ready';
  return [
    `The branch ${UPDATE_BRANCH} ${stands}: one commit on ${repository.defaultBranch}. Nothing else was touched.`,
    ...(isOffered
      ? [
          `Origin has a branch of that name, perhaps of an open pull request: git diff origin/${UPDATE_BRANCH} ${UPDATE_BRANCH}`,
        ]
      : []),
    '',
    'Next:',
    ...nextSteps(conflictsOf(update), repository.defaultBranch),
  ];
}

function conflictsOf(update: CloneUpdate['update']): readonly string[] {
  return update.files.filter(({ outcome }) => outcome === 'conflict').map(({ path }) => path);
}

function nextSteps(conflicts: readonly string[], defaultBranch: string): string[] {
  const solve = conflicts.map(
    (path) => [`edit ${path}`, 'leave what is right between <<<<<<< and >>>>>>>'] as const,
  );
  const commit = conflicts.length === 0 ? [] : [['git commit -a', 'the conflicts are solved'] as const];
  const steps = [
    [`git diff ${defaultBranch} ${UPDATE_BRANCH}`, 'look at it'] as const,
    ...(conflicts.length === 0 ? [] : [[`git switch ${UPDATE_BRANCH}`, 'go there'] as const]),
    ...solve,
    ...commit,
    [`git push -u origin ${UPDATE_BRANCH}`, 'then ask for a review: open a pull request'] as const,
    [`git branch -D ${UPDATE_BRANCH}`, 'or drop it: nothing is left of it'] as const,
  ];
  const width = Math.max(...steps.map(([line]) => line.length)) + 3;
  return steps.map(([line, what]) => `  ${line.padEnd(width)}${what}`);
}

function notFromTemplate(folder: string): ConfigError {
  return new ConfigError(
    `Cannot update ${folder}: no .hermes/template.json here or above, so it was not made from a template.`,
    {
      code: 'HERMES_NO_TEMPLATE',
      nextStep: 'Go into a repository that `hermes repo create` made, or name its folder.',
    },
  );
}
