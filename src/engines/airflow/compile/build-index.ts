import { ConfigError } from '../../../core/errors.ts';

/** `manifest`: a loader and a manifest for each shard; `python`: a readable file for each DAG. */
export type BuildForm = 'manifest' | 'python';

/** What `hermes-build.json` says: which files are a build's own, and which DAG stands in which of them. */
export interface BuildIndex {
  readonly format: 1;
  readonly form: BuildForm;
  /** Version of Hermes. */
  readonly builder: string;
  /** By DAG id: the file that Airflow loads, the DAG file that it came from, the hash of what was compiled. */
  readonly dags: Readonly<
    Record<string, { readonly file: string; readonly source: string; readonly sha256: string }>
  >;
  /** Hash of every other file of the build. */
  readonly files: Readonly<Record<string, string>>;
}

export const BUILD_INDEX = 'hermes-build.json';

/** Writes an index so that the same build gives the same bytes. */
export function renderBuildIndex(index: BuildIndex): string {
  return `${JSON.stringify(index, null, 1)}\n`;
}

/**
 * Reads the index of a build.
 * @param shown The file as the user would type it.
 * @param nextStep What to do about a text that cannot be read.
 * @throws ConfigError `HERMES_BUILD_INDEX` for a text that this version did not write
 */
export function parseBuildIndex(
  text: string,
  shown: string,
  nextStep = 'Compile into an empty folder.',
): BuildIndex {
  const found = objectIn(text);
  if (found?.format === 1 && isObject(found.dags) && isObject(found.files) && safeNames(found.files))
    return found as unknown as BuildIndex;
  const reason =
    typeof found?.format === 'number' && found.format > 1
      ? `it was written by Hermes ${String(found.builder)}, in a form that this version does not know`
      : 'it is not what Hermes wrote';
  throw new ConfigError(`Cannot read ${shown}: ${reason}.`, {
    code: 'HERMES_BUILD_INDEX',
    nextStep,
  });
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// The names are joined to the folder of the build, and files of those names are removed.
function safeNames(files: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(files).every((name) => !/[/\\]/.test(name) && name !== '..' && name !== '.');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
