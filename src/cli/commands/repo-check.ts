import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigError, WorkFailedError } from '../../core/errors.ts';
import { hermesVersion } from '../../core/package-root.ts';
import { compareWithTemplate, type DriftState, type FileDrift, hashManaged } from '../../templates/drift.ts';
import { readRecord } from '../../templates/read-record.ts';
import { renderTemplate } from '../../templates/render-template.ts';
import { readTemplate } from '../../templates/template-files.ts';
import type { Cli } from '../cli.ts';

const MEANING: Readonly<Record<DriftState, string>> = {
  same: 'as the template',
  changed: 'changed by hand',
  missing: 'missing',
  behind: 'the template has changed',
};

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('[folder]', 'a folder of the repository', '.')
    .addHelpText(
      'after',
      `
Compares the files that Hermes manages (CI, build_tools, .gitignore) with the template.
Sample files, such as README.md and the projects, are the team's own and never count.

Examples:
  hermes repo check
  hermes repo check ../weather --json`,
    )
    .action((folder: string) => {
      const cli = openCli();
      const found = readRecord(resolve(cli.cwd, folder));
      if (found === undefined) throw notFromTemplate(resolve(cli.cwd, folder));
      const { record } = found;
      const fresh = renderTemplate(readTemplate(record.kind), record.answers);
      const files = compareWithTemplate(record, fresh, hashManaged(found.folder, record, fresh));
      report(cli, files, record.version);
    });
}

function report(cli: Cli, files: readonly FileDrift[], version: string): void {
  const width = Math.max(...files.map((file) => file.path.length)) + 2;
  for (const { path, state } of files) {
    cli.object({ path, state });
    const mark = state === 'same' ? cli.style('green', '✓') : cli.style('red', '✗');
    cli.print(`${mark} ${path.padEnd(width)}${MEANING[state]}`);
  }
  const drifted = files.filter((file) => file.state !== 'same').length;
  cli.print(
    `template ${version}, Hermes ${hermesVersion}, ${files.length} managed files, ${drifted} drifted`,
  );
  if (drifted === 0) return;
  throw new WorkFailedError(
    `Repository differs from its template: ${drifted} of ${files.length} managed files.`,
    {
      code: 'HERMES_TEMPLATE_DRIFT',
      nextStep: 'A file changed by hand comes back with: git log -- FILE, then git checkout COMMIT -- FILE',
    },
  );
}

function notFromTemplate(folder: string): ConfigError {
  return new ConfigError(
    `Cannot check ${folder}: no .hermes/template.json here or above, so it was not made from a template.`,
    {
      code: 'HERMES_NO_TEMPLATE',
      nextStep: 'Go into a repository that `hermes repo create` made, or name its folder.',
    },
  );
}
