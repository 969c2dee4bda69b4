import { parse } from 'yaml';
import { ConfigError } from '../../core/errors.ts';
import { DEFAULT_BRANCH } from '../repository-host.ts';

/** What CI runs for one branch, and what it leaves out, each with its reason. */
export interface CiPlan {
  /** Commands of the `script` phase. */
  readonly script: readonly string[];
  /** Commands that follow when every `script` command passed. */
  readonly deploy: readonly string[];
  readonly notes: readonly string[];
}

type Entry = Readonly<Record<string, unknown>>;

/**
 * Reads the part of `.travis.yml` that runs without Travis: `script` and the deployments of provider `script`,
 * with their `on` (https://docs.travis-ci.com/user/deployment#conditional-releases-with-on).
 * Installing is left out: the machine has what it has, and `hermes` is on the PATH.
 * @throws ConfigError `HERMES_BAD_CI_FILE`
 */
export function planTravis(text: string, branch: string): CiPlan {
  const file = parseTravis(text);
  const notes: string[] = [];
  const deploy = listOf(file.deploy).flatMap((entry) => {
    const reason = isEntry(entry) ? whyNot(entry, branch) : 'it is not a mapping';
    if (reason === undefined) return commandsOf((entry as Entry).script, 'deploy.script');
    notes.push(`deploy: skipped, ${reason}`);
    return [];
  });
  return { script: commandsOf(file.script, 'script'), deploy, notes };
}

function parseTravis(text: string): Entry {
  let file: unknown;
  try {
    file = parse(text);
  } catch (error) {
    throw badFile(error instanceof Error ? error.message.split('\n')[0] : String(error));
  }
  if (!isEntry(file)) throw badFile('it is not a mapping of keys to values.');
  return file;
}

/** The reason for which a deployment does not run for a branch, or undefined when it runs. */
function whyNot(entry: Entry, branch: string): string | undefined {
  if (entry.provider !== 'script') return `provider ${JSON.stringify(entry.provider)} needs Travis`;
  const on = isEntry(entry.on) ? entry.on : {};
  if (on.tags === true) return 'it is for tags';
  if (on.condition !== undefined) return '`on.condition` needs Travis';
  if (on.all_branches === true) return undefined;
  const branches = on.branch === undefined ? [DEFAULT_BRANCH] : listOf(on.branch);
  return branches.includes(branch) ? undefined : `it is for ${branches.join(', ')}`;
}

function commandsOf(value: unknown, key: string): readonly string[] {
  const commands = listOf(value);
  if (commands.every((command) => typeof command === 'string')) return commands;
  throw badFile(`\`${key}\` must be a command or a list of commands.`);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badFile(reason: string | undefined): ConfigError {
  return new ConfigError(`Cannot read .travis.yml: ${reason}`, {
    code: 'HERMES_BAD_CI_FILE',
    nextStep: 'Correct the file and push again.',
  });
}
