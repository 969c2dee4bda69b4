/** One call of a Python traceback. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly function: string;
  /** The source line, where Python had it. */
  readonly code: string;
}

const FRAME = /^\s*File "([^"\n]+)", line (\d+)(?:, in (\S.*))?\n(?:(?!\s*File ")\s{2,}(\S.*))?/gm;

/** Places of Python itself, of installed packages and of the cluster's own start-up code. */
const FOREIGN = /^<|\/(?:site|dist)-packages\/|\/lib\/python\d|^\/databricks\//;

/** Calls of the last exception in a traceback, the outermost first. */
export function parseTraceback(trace: string): readonly Frame[] {
  // Of chained exceptions the last one is what ended the script.
  const last = trace.slice(Math.max(0, trace.lastIndexOf('Traceback (most recent call last):')));
  return [...last.matchAll(FRAME)].map(([, file = '', line = '', name = '', code = '']) => ({
    file,
    line: Number(line),
    function: name,
    code,
  }));
}

/** The innermost call in a file that is the user's own, as far as its path tells. */
export function userFrame(trace: string): Frame | undefined {
  return parseTraceback(trace).findLast(({ file }) => !FOREIGN.test(file));
}
