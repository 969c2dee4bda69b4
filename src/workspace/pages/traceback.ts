import { basename } from 'node:path';

/** As the driver names the code of a notebook's cell, see `hermes_notebook.py`. */
const CELL = /^<cell (\d+) of (.+)>$/;

/** Python itself, and what a driver has around the user's code. */
const FOREIGN = /^<|[\\/]lib[\\/]python\d|[\\/]compute[\\/]driver[\\/]hermes_\w+\.py$/;

/** One frame of a Python traceback. */
export interface Frame {
  /** Without the folders that say nothing; of a notebook its name. */
  readonly file: string;
  /** The cell of a notebook that the line is of, from 1. */
  readonly cell?: number;
  readonly line: number;
  readonly where: string;
  readonly source?: string;
  /** Whether the frame is the user's: his script or his project's wheel, not Python's library or a dependency. */
  readonly isOwn: boolean;
}

/**
 * The frames of the last exception in a traceback, outermost first.
 * `packages`: top-level names of the user's own wheels, as they lie in site-packages.
 */
export function parseTraceback(trace: string, packages: readonly string[]): Frame[] {
  const lines = trace.split('\n');
  const start = lines.lastIndexOf('Traceback (most recent call last):');
  return lines.slice(Math.max(0, start)).flatMap((line, index, all) => {
    const match = /^ {2}File "(.+)", line (\d+)(?:, in (.+))?$/.exec(line);
    if (match === null) return [];
    const [, file = '', number = '0', where = '<module>'] = match;
    const source = /^ {4}\S/.test(all[index + 1] ?? '') ? (all[index + 1] ?? '').trim() : undefined;
    const frame = { ...placeOf(file), line: Number(number), where, isOwn: isOwnFile(file, packages) };
    return [source === undefined ? frame : { ...frame, source }];
  });
}

function placeOf(file: string): Pick<Frame, 'file' | 'cell'> {
  const [, cell, notebook = ''] = CELL.exec(file) ?? [];
  return cell === undefined ? { file: shortFile(file) } : { file: basename(notebook), cell: Number(cell) };
}

function isOwnFile(file: string, packages: readonly string[]): boolean {
  const inPackages = /[\\/]site-packages[\\/]([^\\/]+)/.exec(file)?.[1];
  if (inPackages !== undefined) return packages.includes(inPackages.replace(/\.py$/, ''));
  return CELL.test(file) || !FOREIGN.test(file);
}

function shortFile(file: string): string {
  return file.replace(/^.*[\\/]site-packages[\\/]/, '').replace(/^.*[\\/]lib[\\/]python\d[^\\/]*[\\/]/, '');
}
