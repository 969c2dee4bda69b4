import { Option } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import { type TemplateKind, templateKinds } from '../../templates/answers.ts';

/** Options of a command that works on many repositories. */
export interface FleetOptions {
  /** An organisation or a user on GitHub; true = that of the platform's file, else this machine. */
  readonly all?: string | true;
  readonly only?: readonly string[];
  readonly kind?: TemplateKind;
  readonly githubHost?: string;
  /** Asks GitHub once more for each repository, for what a question about many does not tell. */
  readonly deep?: boolean;
}

/** The options of {@link FleetOptions} for a command line. */
export function fleetOptions(): Option[] {
  return [
    new Option(
      '--all [org]',
      'every repository of an organisation on GitHub; without a name, of the one that hermes.platform.yaml names, else of this machine',
    ),
    new Option('--only <name...>', 'of these, only the ones named'),
    new Option('--kind <kind>', 'of these, only one kind').choices(templateKinds),
    new Option('--github-host <host>', 'a GitHub Enterprise instead of github.com'),
  ];
}

/**
 * Whether many repositories are meant.
 * @throws ConfigError for an option that only makes sense with `--all`, and for a folder beside it
 */
export function isFleet(folder: string, { all, only, kind, githubHost, deep }: FleetOptions): boolean {
  const given = Object.entries({ only, kind, 'github-host': githubHost, deep }).find(
    ([, value]) => value !== undefined,
  );
  if (all !== undefined && folder !== '.')
    throw new ConfigError(`Cannot take the folder ${folder} beside --all: that means many repositories.`, {
      code: 'HERMES_USAGE',
      nextStep: 'Leave one of them out. To choose among many: --only NAME',
    });
  if (all === undefined && given !== undefined)
    throw new ConfigError(`Cannot take --${given[0]} without --all: one repository is meant.`, {
      code: 'HERMES_USAGE',
      nextStep: 'Add --all ORG, or leave it out.',
    });
  return all !== undefined;
}
