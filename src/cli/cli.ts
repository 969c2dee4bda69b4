import { styleText } from 'node:util';
import { type Home, resolveHome } from '../config/home.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { WorkFailedError } from '../core/errors.ts';
import { stringifyJson } from '../core/json.ts';
import { redact, redactJson } from '../core/redaction.ts';
import { writeFully } from './write-fully.ts';

export interface CliOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

type Style = Parameters<typeof styleText>[0];

/**
 * What a command may use of the outside world: the working folder, the environment, printing, the clock, Ctrl-C.
 * Only this room prints; everything printed is redacted.
 */
export class Cli {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock = systemClock;
  /** `--json`: machine-readable objects, one per line, and nothing else on stdout. */
  readonly json: boolean;
  readonly quiet: boolean;
  readonly #interruption = new AbortController();

  constructor(options: CliOptions = {}, cwd: string = process.cwd(), env: NodeJS.ProcessEnv = process.env) {
    this.cwd = cwd;
    this.env = env;
    this.json = options.json === true;
    this.quiet = options.quiet === true;
  }

  /** The embedded home that belongs to the working folder. */
  get home(): Home {
    return resolveHome(this.cwd, this.env);
  }

  /** True when a person watches: a terminal, no CI, no `--json`, no `--quiet`. */
  get isInteractive(): boolean {
    const ci = this.env.CI !== undefined && this.env.CI !== '' && this.env.CI !== 'false';
    return process.stdout.isTTY === true && !ci && !this.json && !this.quiet && this.env.TERM !== 'dumb';
  }

  /** Width of the terminal; undefined when stdout is none. */
  get columns(): number | undefined {
    return process.stdout.isTTY === true ? process.stdout.columns : undefined;
  }

  /** Aborted by the first Ctrl-C or SIGTERM. A command that waits passes it on; a second Ctrl-C ends the process. */
  get signal(): AbortSignal {
    if (process.listenerCount('SIGINT') === 0) {
      for (const name of ['SIGINT', 'SIGTERM'] as const) {
        process.once(name, () => {
          this.#interruption.abort(
            new WorkFailedError(`Interrupted by ${name}.`, {
              code: name === 'SIGINT' ? 'HERMES_INTERRUPTED' : 'HERMES_TERMINATED',
            }),
          );
          process.once(name, () => process.exit(name === 'SIGINT' ? 130 : 143));
        });
      }
    }
    return this.#interruption.signal;
  }

  /** A line for people on stdout; nothing with `--json` or `--quiet`. */
  print(line = ''): void {
    if (!this.json && !this.quiet) this.#write(1, `${line}\n`);
  }

  /** The answer itself (an id, a path, a log), printed also with `--quiet`; nothing with `--json`. */
  result(text: string): void {
    if (!this.json) this.#write(1, text.endsWith('\n') ? text : `${text}\n`);
  }

  /** One object on one line, only with `--json`. */
  object(value: unknown): void {
    if (this.json) this.#write(1, `${stringifyJson(redactJson(value))}\n`);
  }

  /** A remark on stderr: a warning, what is being started. Nothing with `--quiet`. */
  note(line: string): void {
    if (!this.quiet) this.#write(2, `${line}\n`);
  }

  /** Colours a text for stdout; plain without a terminal, with NO_COLOR or with `--no-color`. */
  style(style: Style, text: string): string {
    return styleText(style, text, { stream: process.stdout });
  }

  /**
   * A secret that was asked for (a fresh token) on stdout: the one thing that is printed without redaction.
   * @param facts Stand beside it in the object of `--json`.
   */
  secret(name: string, value: string, facts: Readonly<Record<string, string>> = {}): void {
    writeFully(1, this.json ? `${stringifyJson({ ...facts, [name]: value })}\n` : `${value}\n`);
  }

  #write(descriptor: 1 | 2, text: string): void {
    writeFully(descriptor, redact(text));
  }
}
