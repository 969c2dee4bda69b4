import type { RunOutput } from './run.ts';

const MEMORY = /DRIVER_OUT_OF_MEMORY|out of memory|OutOfMemoryError|\bOOM\b/i;
const KILLED = /exited with exit code 1(2[89]|[3-9]\d)\b/;
// What pip and the cluster say of a file that is not there, or is none: https://github.com/pypa/pip (exceptions.py).
const STORE = /The library file does not exist|Wheel '[^']*' located at .* is invalid|File is not a zip file/;
const MODULE = /^ModuleNotFoundError: No module named '([^'.]+)/m;
const USAGE = /^SystemExit: 2$/;
/** The last line that argparse prints: https://docs.python.org/3/library/argparse.html#exiting-methods */
const ARGUMENTS = /^.*?: error: (.+)$/gm;

/** Whether a library could not be installed because its file in the artifact store is missing or damaged. */
export function isStoreFault(messages: readonly string[]): boolean {
  return messages.some((message) => STORE.test(message));
}

export const STORE_ADVICE =
  'A published file is missing or damaged in the artifact store, which is no fault of the project: hermes artifacts verify names it.';

/** What to do about the end of a script, where more can be said than that it raised; else undefined. */
export function scriptAdvice(messages: readonly string[], output: RunOutput | undefined): string | undefined {
  if (messages.some((message) => KILLED.test(message)))
    return 'A signal ended the process of your script, mostly for lack of memory or by a crash in native code: read less at a time, or ask the platform team for a larger machine.';
  if (messages.some((message) => MEMORY.test(message)))
    return 'Your script needed more memory than the driver has: read less at a time, or ask the platform team for a larger machine.';
  const error = output?.error?.trim() ?? '';
  const module = MODULE.exec(error)?.[1];
  if (module !== undefined)
    return `Nothing that was installed holds ${module}: add the package that does to dependencies in the pyproject.toml of the project, then publish it.`;
  if (USAGE.test(error) && argumentError(output) !== undefined)
    return 'Your script refuses its parameters: correct them where it is started.';
  return undefined;
}

/** The sentence of argparse behind a bare `SystemExit: 2`; undefined when it printed none. */
export function argumentError(output: RunOutput | undefined): string | undefined {
  if (!USAGE.test(output?.error?.trim() ?? '')) return undefined;
  return [...(output?.logs ?? '').matchAll(ARGUMENTS)].at(-1)?.[1];
}
