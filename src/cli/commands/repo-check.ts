import { resolve } from 'node:path';
import type { Command } from 'commander';
import { WorkFailedError } from '../../core/errors.ts';
import { hermesVersion } from '../../core/package-root.ts';
import type { DriftState } from '../../templates/decide-file.ts';
import { compareWithTemplate, type FileDrift, isDrift, readManaged } from '../../templates/drift.ts';
import { renderTemplate } from '../../templates/render-template.ts';
import { readTemplate } from '../../templates/template-files.ts';
import type { Cli } from '../cli.ts';
import { driftText } from '../repositories/drift-text.ts';
import { type FleetOptions, fleetOptions, isFleet } from '../repositories/fleet-options.ts';
import { recordHere } from '../repositories/record-here.ts';

export function configure(command: Command, openCli: () => Cli): void {
  command.argument('[folder]', 'a folder of the repository', '.').addHelpText(
    'after',
    `
Compares the files that Hermes manages (CI, build_tools, .gitignore) with the template of this Hermes.
Sample files, such as README.md and the projects, are the team's own and never count.
With --all, settings on GitHub too: environments and the ruleset that guards the default branch.

Examples:
  hermes repo check
  hermes repo check ../weather --json
  hermes repo check --all acme                   every repository of an organisation
  hermes repo check --all acme --only weather finance`,
  );
  for (const option of fleetOptions()) command.addOption(option);
  command.action(async (folder: string, options: FleetOptions) => {
    const cli = openCli();
    if (isFleet(folder, options)) {
      const { checkFleet } = await import('../repositories/check-fleet.ts');
      return checkFleet(cli, options);
    }
    const found = recordHere(resolve(cli.cwd, folder), 'check');
    const { record } = found;
    const fresh = renderTemplate(readTemplate(record.kind), record.answers);
    const files = compareWithTemplate(record, fresh, readManaged(found.folder, record, fresh));
    report(cli, files, record.version);
  });
}

function report(cli: Cli, files: readonly FileDrift[], version: string): void {
  const width = Math.max(...files.map((file) => file.path.length)) + 2;
  for (const file of files) {
    cli.object(file);
    const mark = isDrift(file) ? cli.style('red', '✗') : cli.style('green', '✓');
    cli.print(`${mark} ${file.path.padEnd(width)}${driftText[file.state]}`);
  }
  const drifted = files.filter(isDrift);
  cli.print(
    `template ${version}, Hermes ${hermesVersion}, ${files.length} managed files, ${drifted.length} drifted`,
  );
  if (drifted.length === 0) return;
  throw new WorkFailedError(
    `Repository differs from its template: ${drifted.length} of ${files.length} managed files.`,
    { code: 'HERMES_TEMPLATE_DRIFT', nextStep: nextStep(new Set(drifted.map(({ state }) => state))) },
  );
}

function nextStep(states: ReadonlySet<DriftState>): string {
  const steps = [
    ...(states.has('unsolved') ? ['Leave what is right between <<<<<<< and >>>>>>>, and commit.'] : []),
    ...(states.has('behind') || states.has('diverged')
      ? ['Bring it up to date with: hermes repo update']
      : []),
    ...(states.has('missing') ? ['What was deleted on purpose is noted down by: hermes repo update'] : []),
    ...(states.has('changed') || states.has('missing')
      ? ['A file changed by hand comes back with: git log -- FILE, then git checkout COMMIT -- FILE']
      : []),
  ];
  return steps.join('\n');
}
