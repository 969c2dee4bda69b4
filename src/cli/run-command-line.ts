import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError, Help } from 'commander';
import { ConfigError, ExitCode } from '../core/errors.ts';
import { hermesVersion } from '../core/package-root.ts';
import { Cli } from './cli.ts';
import type { CommandEntry } from './command-entry.ts';
import { commands } from './commands.ts';
import { forTerminal, reportError } from './report-error.ts';
import { writeFully } from './write-fully.ts';

/** Parses a command line, loads the one command that it names and runs it. Answers the exit code. */
export async function runCommandLine(words: readonly string[]): Promise<ExitCode> {
  const ordered = globalOptionsLast(words);
  const isJson = words.includes('--json');
  const program = await buildProgram(namedEntries(ordered), isJson);
  try {
    await program.parseAsync([...ordered], { from: 'user' });
    return (process.exitCode as ExitCode | undefined) ?? ExitCode.done;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, words);
    if (error.exitCode === 0) return ExitCode.done;
    return isJson ? reportError(usageError(error), words) : ExitCode.usage;
  }
}

/**
 * The tree of the named commands, loaded and configured. Without a name it holds every command by its summary,
 * so that help lists them and a misspelt name finds its neighbour.
 * @param isJson Whether mistakes of the command line are told by an object, and not by its parser.
 */
export async function buildProgram(entries: readonly CommandEntry[], isJson = false): Promise<Command> {
  const program = withHouseStyle(new Command('hermes'), isJson)
    .version(hermesVersion, '-V, --version')
    .enablePositionalOptions();
  const groups = new Map<string, Command>();
  for (const entry of entries.length > 0 ? entries : commands) {
    const [first = '', second] = entry.path.split(' ');
    const parent = second === undefined ? program : (groups.get(first) ?? addGroup(program, first, isJson));
    if (second !== undefined) groups.set(first, parent);
    const command = withHouseStyle(
      parent.command(second ?? first, { hidden: entry.hidden === true }),
      isJson,
    ).description(entry.summary);
    if (entries.includes(entry)) {
      const module = await entry.load();
      const common = withGlobalOptions(command);
      module.configure(entry.connects === true ? withProfile(common) : common, () => openCli(command));
      command.hook('preAction', () => refuseEmptyValues(command, entry));
    }
  }
  return program;
}

/** `hermes -C weather --json runs list` is `hermes runs list -C weather --json`. */
function globalOptionsLast(words: readonly string[]): readonly string[] {
  let count = 0;
  while (GLOBAL_OPTION.test(words[count] ?? ''))
    count += /^(?:-C|--directory)$/.test(words[count] ?? '') ? 2 : 1;
  const rest = words.slice(count);
  const path = namedEntries(rest)[0]?.path.split(' ') ?? [];
  if (path.length === 0) return rest.length === 0 ? words : rest;
  return [...path, ...words.slice(0, count), ...rest.slice(path.length)];
}

/** The entries whose words the command line begins with. */
function namedEntries(words: readonly string[]): readonly CommandEntry[] {
  const names = words.filter((word) => !word.startsWith('-'));
  return commands.filter((entry) => entry.path.split(' ').every((word, index) => names[index] === word));
}

function addGroup(program: Command, name: string, isJson: boolean): Command {
  const own = commands.filter((entry) => entry.hidden !== true && entry.path.startsWith(`${name} `));
  return withHouseStyle(program.command(name), isJson).summary(
    own.map((entry) => entry.path.split(' ')[1]).join(', '),
  );
}

const GLOBAL_OPTION = /^(?:--json|-q|--quiet|--no-color|-C.*|--directory(?:=.*)?)$/;
/** Argument of `hermes run`. */
const SCRIPT_PARAMETERS = 'parameters';
const help = new Help();

function withHouseStyle(command: Command, isJson: boolean): Command {
  const writeErr = (text: string) => (isJson ? undefined : writeFully(2, text));
  return command
    .exitOverride()
    .showSuggestionAfterError(true)
    .showHelpAfterError('(add --help for the usage)')
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => writeFully(1, text),
      writeErr,
      outputError: (text, write) => write(forTerminal(text)),
    })
    .configureHelp({
      sortOptions: false,
      optionDescription: (option) =>
        Help.prototype.optionDescription.call(help, option).replace(/ \(default: \[\]\)$/, ''),
    });
}

function withGlobalOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON, one object per line')
    .option('-q, --quiet', 'print results and errors only')
    .option('--no-color', 'plain text (also NO_COLOR=1)')
    .option('-C, --directory <folder>', 'work as if started in this folder');
}

function withProfile(command: Command): Command {
  return command.option('--profile <name>', 'profile of ~/.databrickscfg to sign in with');
}

/** What commander says of a command line, as an error of Hermes. */
function usageError({ code, message }: CommanderError): ConfigError {
  const reason = code === 'commander.help' ? 'no command is named' : message.replace(/^error: /, '');
  return new ConfigError(`Cannot read the command line: ${reason}`, {
    code: 'HERMES_USAGE',
    nextStep: 'Add --help for the usage.',
  });
}

interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly directory?: string;
  readonly profile?: string;
}

/** Neither an option nor an argument means anything when empty: it comes from a variable that is not set. */
function refuseEmptyValues(command: Command, { path }: CommandEntry): void {
  for (const option of command.options) {
    if (!isEmpty(command.getOptionValue(option.attributeName()))) continue;
    throw new ConfigError(`Cannot run hermes ${path}: ${option.long} is empty.`, {
      code: 'HERMES_EMPTY_OPTION',
      nextStep: `Write what it takes (${option.flags}), or leave it out.`,
    });
  }
  for (const [index, argument] of command.registeredArguments.entries()) {
    // Only the script knows what an empty parameter means.
    if (argument.name() === SCRIPT_PARAMETERS || !isEmpty(command.processedArgs[index])) continue;
    throw new ConfigError(`Cannot run hermes ${path}: the argument ${argument.name()} is empty.`, {
      code: 'HERMES_EMPTY_ARGUMENT',
      nextStep: `Write one${argument.required ? '' : ', or leave it out'}. See the usage with: hermes ${path} --help`,
    });
  }
}

function isEmpty(given: unknown): boolean {
  return given === '' || (Array.isArray(given) && given.includes(''));
}

function openCli(command: Command): Cli {
  const options = command.opts<CommonOptions>();
  if (options.color === false) process.env.NO_COLOR = '1';
  const { env } = process;
  // An option goes before the variable of the same meaning.
  const profile = options.profile === undefined ? {} : { DATABRICKS_CONFIG_PROFILE: options.profile };
  return new Cli(options, workingFolder(options.directory ?? '.'), { ...env, ...profile });
}

function workingFolder(directory: string): string {
  const folder = resolve(directory);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw new ConfigError(`Cannot work in ${folder}: there is no such folder.`, {
    code: 'HERMES_NO_FOLDER',
    nextStep: 'Correct what stands behind -C.',
  });
}
