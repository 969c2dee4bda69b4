import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { WorkFailedError } from '../../core/errors.ts';
import { hermesVersion } from '../../core/package-root.ts';
import { compareWithTemplate, type FileDrift, isDrift, readManaged } from '../../templates/drift.ts';
import type { FoundRecord } from '../../templates/read-record.ts';
import { renderTemplate } from '../../templates/render-template.ts';
import { readTemplate } from '../../templates/template-files.ts';
import type { Cli } from '../cli.ts';
import { driftText } from '../repositories/drift-text.ts';
import { type FleetOptions, fleetOptions, isFleet } from '../repositories/fleet-options.ts';
import { recordHere } from '../repositories/record-here.ts';
import { shellWord } from '../shell-word.ts';

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
  hermes repo check --all acme --only weather finance
  hermes repo check --all acme --deep`,
  );
  for (const option of fleetOptions()) command.addOption(option);
  command.option('--deep', 'with --all: which branches may deploy, too; a request more for each repository');
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
    report(cli, files, found);
  });
}

function report(cli: Cli, files: readonly FileDrift[], found: FoundRecord): void {
  const { version } = found.record;
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
    { code: 'HERMES_TEMPLATE_DRIFT', nextStep: nextStep(cli, drifted, found) },
  );
}

function nextStep(cli: Cli, drifted: readonly FileDrift[], found: FoundRecord): string {
  const states = new Set(drifted.map(({ state }) => state));
  const steps = [
    ...(states.has('unsolved') ? ['Leave what is right between <<<<<<< and >>>>>>>, and commit.'] : []),
    ...(states.has('behind') || states.has('diverged')
      ? ['Bring it up to date with: hermes repo update']
      : []),
    ...(states.has('missing')
      ? ['What was deleted on purpose: commit that, then have it noted down by: hermes repo update']
      : []),
    ...drifted.flatMap((file) => comeBack(cli, file, found)).slice(0, 1),
  ];
  return steps.join('\n');
}

/** Brings a file back as the template has it: git keeps it by the id that the record names. */
function comeBack(cli: Cli, { path, state }: FileDrift, { folder, record }: FoundRecord): string[] {
  const recorded = record.files[path];
  if (!['changed', 'missing'].includes(state) || recorded?.blob === undefined) return [];
  const place = relative(cli.cwd, folder);
  const git = place === '' ? 'git' : `git -C ${shellWord(place)}`;
  const mode = recorded.executable ? '100755' : '100644';
  const entry = shellWord(`${mode},${recorded.blob},${path}`);
  const commands = `${git} update-index --add --cacheinfo ${entry} && ${git} checkout-index -f -- ${shellWord(path)}`;
  return [`${path} comes back as the template has it with: ${commands}`];
}
