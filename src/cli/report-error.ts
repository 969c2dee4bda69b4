import { ExitCode, HermesError } from '../core/errors.ts';
import { fileTrouble } from '../core/file-trouble.ts';
import { shownPath } from '../core/nearest-file.ts';
import { hermesVersion } from '../core/package-root.ts';
import { printable } from '../core/printable.ts';
import { ProblemsError } from '../core/problems.ts';
import { redact } from '../core/redaction.ts';
import { writeFully } from './write-fully.ts';

/** Prints an error for a person (or, with `--json`, for a program) on stderr and answers the exit code. */
export function reportError(error: unknown, words: readonly string[]): ExitCode {
  const known = error instanceof HermesError ? error : fileTrouble(error);
  const text = words.includes('--json') ? redact(asJson(error, known)) : forTerminal(asText(error, known));
  writeFully(2, `${text}\n`);
  return known?.exitCode ?? ExitCode.internal;
}

/** A text that may repeat what anybody wrote: without secrets, and without what a terminal would obey. */
export function forTerminal(text: string): string {
  // First what is invisible: it could split a secret.
  return redact(printable(text.replaceAll('\r\n', '\n')));
}

/**
 * Ends the process on an error that nothing waits for: a timer or a promise that a DAG file left behind has its name.
 */
export async function reportStray(error: unknown, words: readonly string[]): Promise<never> {
  const { problemOfStray } = await import('../dag/load-module.ts');
  const problem = problemOfStray(error, (path) => shownPath(path, process.cwd()));
  process.exit(reportError(problem === undefined ? error : new ProblemsError([problem]), words));
}

function asText(error: unknown, known: HermesError | undefined): string {
  if (known instanceof ProblemsError) {
    return `${known.message}\n${known.problems.length} problem${known.problems.length === 1 ? '' : 's'}`;
  }
  if (known !== undefined)
    return [known.message, known.nextStep].filter((line) => line !== undefined).join('\n');
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Hermes ${hermesVersion} failed in a way it should not. Please report this, with what you did:\n${detail}`;
}

function asJson(error: unknown, known: HermesError | undefined): string {
  return JSON.stringify({
    error: {
      code: known?.code ?? 'HERMES_INTERNAL',
      message: known?.message ?? (error instanceof Error ? error.message : String(error)),
      ...(known?.nextStep === undefined ? {} : { nextStep: known.nextStep }),
      ...(known instanceof ProblemsError ? { problems: known.problems } : {}),
      exitCode: known?.exitCode ?? ExitCode.internal,
    },
  });
}
