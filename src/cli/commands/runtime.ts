import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { runtimeWheel } from '../../../ci/runtime-wheel.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Cli } from '../cli.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder',
  EACCES: 'permission denied',
};

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
    .action(async (folder: string) => {
      const cli = openCli();
      const { fileName, bytes, sha256 } = runtimeWheel();
      const file = join(resolve(cli.cwd, folder), fileName);
      await writeFileAtomic(file, Buffer.from(bytes)).catch((cause: unknown) => {
        throw cannotWrite(folder, cause);
      });
      cli.object({ file, sha256 });
      cli.note(
        'Install it with pip; import hermes_runtime then works as in a run, with answers for development.',
      );
      cli.result(join('.', relative(cli.cwd, file)).replace(/^(?![./])/, './'));
    });
}

function cannotWrite(folder: string, cause: unknown): ConfigError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? message;
  return new ConfigError(`Cannot write hermes_runtime to ${folder}: ${reason}.`, {
    code: 'HERMES_RUNTIME_FOLDER',
    nextStep: 'Name a folder that is there, and that you may write to.',
    cause,
  });
}
