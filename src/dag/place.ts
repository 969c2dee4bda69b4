import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getCallSites } from 'node:util';
import { packageRoot } from '../core/package-root.ts';

/** Where a user wrote a DAG or a task. */
export interface Place {
  /** Absolute path of a TypeScript file; a YAML file as it was loaded. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const ownFolders = ['src', 'operators', 'ci', 'dist'].map((name) => join(packageRoot, name, '/'));
const DEPTH = 30;
const FRAME = /((?:file:\/)?\/[^\s():]+):(\d+)(?::(\d+))?/g;

let known: Place | undefined;

/** Runs a builder of which it is known where the user wrote it: a line of a YAML file. */
export function builtAt<T>(place: Place, build: () => T): T {
  known = place;
  try {
    return build();
  } finally {
    known = undefined;
  }
}

/** The nearest caller outside Hermes: where the user wrote `new Dag` or `new HermesOperator`. */
export function callerPlace(): Place | undefined {
  if (known !== undefined) return known;
  const site = getCallSites(DEPTH).find(({ scriptName }) => {
    const path = pathOf(scriptName);
    return path !== undefined && !ownFolders.some((folder) => path.startsWith(folder));
  });
  const file = site === undefined ? undefined : pathOf(site.scriptName);
  return site === undefined || file === undefined
    ? undefined
    : { file, line: site.lineNumber, column: site.columnNumber };
}

/** The topmost line of an error that lies outside Hermes. */
export function placeOfError(error: Error): Place | undefined {
  for (const [, name = '', line, column = '1'] of (error.stack ?? '').matchAll(FRAME)) {
    const file = pathOf(name);
    if (file !== undefined && !ownFolders.some((folder) => file.startsWith(folder)))
      return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

/** The path behind a script's name, a file URL whose query is not part of it. */
export function pathOf(scriptName: string): string | undefined {
  if (scriptName.startsWith('/')) return scriptName;
  return scriptName.startsWith('file:') ? fileURLToPath(new URL(scriptName)) : undefined;
}
