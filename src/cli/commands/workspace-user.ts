import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import { addAccount, addClient, listAccounts } from '../../workspace/identity/accounts.ts';
import type { Cli } from '../cli.ts';

interface Options {
  readonly group: readonly string[];
  readonly servicePrincipal?: true;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<action>', 'list, or add')
    .argument('[name]', 'the user to add, e.g. ana@example.com')
    .option('--group <name>', 'a group of the user; may be repeated', collect, [])
    .option('--service-principal', 'add a program that signs in by client id and secret (OAuth)')
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  hermes workspace user list',
        '  hermes workspace user add ana@example.com --group weather',
        '  hermes workspace user add airflow --service-principal --group weather',
      ].join('\n'),
    )
    .action((action: string, name: string | undefined, options: Options) => {
      if (action === 'list') list(cli());
      else if (action === 'add' && name !== undefined && options.servicePrincipal === true)
        addProgram(cli(), name, options.group);
      else if (action === 'add' && name !== undefined) add(cli(), name, options.group);
      else throw wrongUsage(action);
    });
}

function list(cli: Cli): void {
  const accounts = listAccounts(cli.home.workspace);
  const width = Math.max(30, ...accounts.map(({ userName }) => userName.length));
  for (const { userName, groups, servicePrincipal } of accounts) {
    const program = servicePrincipal === undefined ? '' : `   service principal ${servicePrincipal}`;
    cli.print(`${userName.padEnd(width)} ${groups.join(', ') || '(no group)'}${program}`);
    cli.object({ userName, groups, servicePrincipal });
  }
}

function add(cli: Cli, name: string, groups: readonly string[]): void {
  const token = addAccount(cli.home.workspace, name, groups, cli.clock.now());
  cli.print(
    `Added ${name}${groups.length === 0 ? '' : ` to ${groups.join(', ')}`}. The token is shown this once:`,
  );
  cli.secret('token', token);
}

function addProgram(cli: Cli, name: string, groups: readonly string[]): void {
  const { applicationId, secret } = addClient(cli.home.workspace, name, groups, cli.clock.now());
  cli.print(`Added service principal ${name}${groups.length === 0 ? '' : ` to ${groups.join(', ')}`}.`);
  cli.print(`DATABRICKS_CLIENT_ID      ${applicationId}`);
  cli.print('DATABRICKS_CLIENT_SECRET, shown this once:');
  cli.secret('clientSecret', secret, { clientId: applicationId });
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
