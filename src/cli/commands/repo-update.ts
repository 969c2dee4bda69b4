import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ProposalOutcome, UPDATE_BRANCH } from '../../github/fleet/repository-fleet.ts';
import { resolveIdentity } from '../../github/git/identity.ts';
import type { Cli } from '../cli.ts';
import { outcomeLines } from '../repositories/clone-outcome.ts';
import { type FleetOptions, fleetOptions, isFleet } from '../repositories/fleet-options.ts';
import { recordHere } from '../repositories/record-here.ts';
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
  const found = recordHere(folder, 'update');
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
