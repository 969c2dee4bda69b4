import type { Command } from 'commander';
import type { Cli } from './cli.ts';

/** What a file in `commands/` exports: the command's arguments, options, examples and action. */
interface CommandModule {
  /** `cli` makes the command's view of the world once the global options are known; call it inside the action. */
  configure(command: Command, cli: () => Cli): void;
}

/** One line of `hermes --help`; the module behind it is loaded only when the command is used. */
export interface CommandEntry {
  /** Words after `hermes`: `dag check`. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  /** Speaks with a workspace that may be a real one, so it takes `--profile`. */
  readonly connects?: true;
  /** Left out of the overview: for other programs. */
  readonly hidden?: true;
  readonly load: () => Promise<CommandModule>;
}
