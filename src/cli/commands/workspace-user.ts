import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import { addAccount, listAccounts } from '../../workspace/accounts.ts';
import type { Cli } from '../cli.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<action>', 'list, or add')
    .argument('[name]', 'the user to add, e.g. ana@example.com')
    .option('--group <name>', 'a group of the user; may be repeated', collect, [])
    .addHelpText(
      'after',
      '\nExamples:\n  hermes workspace user list\n  hermes workspace user add ana@example.com --group weather',
    )
    .action((action: string, name: string | undefined, options: { group: string[] }) => {
      if (action === 'list') list(cli());
      else if (action === 'add' && name !== undefined) add(cli(), name, options.group);
      else throw wrongUsage(action);
    });
}

function list(cli: Cli): void {
  for (const user of listAccounts(cli.home.workspace)) {
    cli.print(`${user.userName.padEnd(30)} ${user.groups.join(', ') || '(no group)'}`);
    cli.object({ userName: user.userName, groups: user.groups });
  }
}

function add(cli: Cli, name: string, groups: readonly string[]): void {
  const token = addAccount(cli.home.workspace, name, groups, cli.clock.now());
  cli.print(
    `Added ${name}${groups.length === 0 ? '' : ` to ${groups.join(', ')}`}. The token is shown this once:`,
  );
  cli.secret('token', token);
}

function wrongUsage(action: string): ConfigError {
  return new ConfigError(
    action === 'add'
      ? 'Cannot add a user: the name is missing.'
      : `Cannot do ${JSON.stringify(action)} with users: list and add are known.`,
    {
      code: 'HERMES_WORKSPACE_USER_USAGE',
      nextStep: 'For example: hermes workspace user add ana@example.com --group weather',
    },
  );
}

function collect(value: string, former: readonly string[]): string[] {
  return [...former, value];
}
