import type { Command } from 'commander';
import { runtimeWheel } from '../../../ci/runtime-wheel.ts';
import type { Cli } from '../cli.ts';
import { writeWheel } from '../write-wheel.ts';

const REMARK =
  'Install it with pip; import hermes_runtime then works as in a run, with answers for development.';

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('[folder]', 'where to put it', '.')
    .addHelpText(
      'after',
      `
Runs and hermes test have hermes_runtime already. For a notebook or an editor, install it from the wheel.

Examples:
  hermes runtime
  python3 -m pip install "$(hermes runtime --quiet)"`,
    )
    .action(async (folder: string) =>
      writeWheel(openCli(), runtimeWheel(), folder, 'HERMES_RUNTIME_FOLDER', REMARK),
    );
}
