import { Argument, type Command } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import { addAccount, addClient, listAccounts, removeAccount } from '../../workspace/identity/accounts.ts';
import type { Cli } from '../cli.ts';

interface Options {
  readonly group: readonly string[];
  readonly servicePrincipal?: true;
}

const ACTIONS = ['list', 'add', 'remove'];

export function configure(command: Command, cli: () => Cli): void {
  command
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[name]', 'the user to add or remove, e.g. ana@example.com')
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
        '  hermes workspace user remove ana@example.com',
      ].join('\n'),
    )
    .action((action: string, name: string | undefined, options: Options) => {
      if (action === 'list') list(cli());
      else if (name === undefined) throw missingName(action);
      else if (action === 'remove') remove(cli(), name);
      else if (options.servicePrincipal === true) addProgram(cli(), name, options.group);
      else add(cli(), name, options.group);
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
  const { token, isKnown } = addAccount(cli.home.workspace, name, groups, cli.clock.now());
  cli.print(
    `${addedLine(name, groups, isKnown)} ${isKnown ? 'A further token' : 'The token'} is shown this once:`,
  );
  cli.secret('token', token);
}

function addProgram(cli: Cli, name: string, groups: readonly string[]): void {
  const added = addClient(cli.home.workspace, name, groups, cli.clock.now());
  const { applicationId, secret, isKnown } = added;
  cli.print(addedLine(`service principal ${name}`, groups, isKnown));
  cli.print(`DATABRICKS_CLIENT_ID      ${applicationId}`);
  cli.print(`DATABRICKS_CLIENT_SECRET, ${isKnown ? 'a further one, ' : ''}shown this once:`);
  cli.secret('clientSecret', secret, { clientId: applicationId });
}

function addedLine(who: string, groups: readonly string[], isKnown: boolean): string {
  const joined = groups.length === 0 ? '' : ` to ${groups.join(', ')}`;
  if (!isKnown) return `Added ${who}${joined}.`;
  return groups.length === 0 ? `${who} is known.` : `${who} is known: added${joined}.`;
}

function remove(cli: Cli, name: string): void {
  removeAccount(cli.home.workspace, name, cli.clock.now());
  cli.print(`Removed ${name}: tokens, sessions and groups are gone. Runs and jobs stay.`);
  cli.object({ removed: name });
}

function missingName(action: string): ConfigError {
  return new ConfigError(`Cannot ${action} a user: the name is missing.`, {
    code: 'HERMES_WORKSPACE_USER_USAGE',
    nextStep: `For example: hermes workspace user ${action} ana@example.com`,
  });
}

function collect(value: string, former: readonly string[]): string[] {
  return [...former, value];
}
