import { sha256Hex } from '../../core/sha256.ts';
import type { Ending } from '../jobs/run-state.ts';
import type { RunArtifact } from '../jobs/runs.ts';
import type { TaskLibrary } from '../jobs/task-work.ts';
import type { FileReader } from './file-reader.ts';
import { libraryFailure } from './library-failure.ts';
import { isRuntimeModule } from './runtime-module.ts';

/** A library with the bytes that are going to be installed. */
export type ReadLibrary =
  | (Extract<TaskLibrary, { kind: 'whl' | 'requirements' }> & LibraryFile)
  | Extract<TaskLibrary, { kind: 'pypi' }>;

/** A wheel or a requirements file, read. */
interface LibraryFile {
  readonly location: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Reads the wheels and requirements files of a task. Answers how the task ends when one cannot be read. */
export async function readLibraries(
  libraries: readonly TaskLibrary[],
  clusterId: string,
  read: FileReader,
): Promise<readonly ReadLibrary[] | Ending> {
  const found: ReadLibrary[] = [];
  for (const library of libraries) {
    if (library.kind === 'pypi') {
      found.push(library);
      continue;
    }
    const file = await read(library.location);
    if ('missing' in file) {
      const detail = file.missing ? 'The library file does not exist.' : file.reason;
      return libraryFailure([library], clusterId, detail);
    }
    found.push({ ...library, name: file.name, bytes: file.bytes, sha256: sha256Hex(file.bytes) });
  }
  return found;
}

/** Whether nothing is to be installed but the module that Hermes brings. */
export function isPlain(libraries: readonly ReadLibrary[]): boolean {
  return libraries.every((library) => library.kind === 'whl' && isRuntimeModule(library.name));
}

/** The wheels of a task, for the record of what was run. */
export function libraryArtifacts(libraries: readonly ReadLibrary[]): RunArtifact[] {
  return libraries.flatMap((library) =>
    library.kind === 'whl'
      ? [
          {
            kind: 'wheel' as const,
            location: library.location,
            name: library.name,
            sha256: library.sha256,
            bytes: library.bytes.length,
          },
        ]
      : [],
  );
}
