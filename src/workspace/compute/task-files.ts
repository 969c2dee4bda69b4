import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sha256Hex } from '../../core/sha256.ts';
import { isObject, localPath } from '../jobs/locations.ts';
import { brokenTask, type Ending } from '../jobs/run-state.ts';
import type { RunArtifact } from '../jobs/runs.ts';
import type { TaskRequest } from '../jobs/task-request.ts';
import type { ObjectReader } from './compute.ts';
import type { DriverFolder } from './driver.ts';
import type { WheelFile } from './python-environment.ts';

/** The bytes of a task, read once: what is hashed here is what runs. */
export interface TaskFiles {
  /** The script's copy in the run's own folder. */
  readonly script: string;
  readonly wheels: readonly WheelFile[];
  readonly artifacts: readonly RunArtifact[];
}

/** Copies the script and reads the wheels. Answers how the task ends when a file cannot be read. */
export async function readTaskFiles(
  task: TaskRequest,
  folder: DriverFolder,
  clusterId: string,
  read: FileReader,
): Promise<TaskFiles | Ending> {
  if (task.work.kind !== 'script')
    return brokenTask(
      'INVALID_RUN_CONFIGURATION',
      'CLIENT_ERROR',
      `Task ${task.taskKey} is a ${task.work.kind}: this workspace runs Python scripts only.`,
    );
  const { file } = task.work;
  const script = await read(file);
  if ('missing' in script)
    return brokenTask(
      'RESOURCE_NOT_FOUND',
      'CLIENT_ERROR',
      `Cannot read the python file ${file}: ${script.reason}`,
    );
  mkdirSync(folder.script, { recursive: true, mode: 0o700 });
  const copy = join(folder.script, script.name);
  writeFileSync(copy, script.bytes);
  const wheels: WheelFile[] = [];
  for (const library of task.libraries) {
    if (library.kind !== 'whl')
      return libraryFailure(
        library.kind === 'pypi' ? library.requirement : library.location,
        clusterId,
        `Libraries of kind ${library.kind} cannot be installed here.`,
      );
    const { location } = library;
    const wheel = await read(location);
    if ('missing' in wheel)
      return libraryFailure(
        location,
        clusterId,
        wheel.missing ? 'The library file does not exist.' : wheel.reason,
      );
    wheels.push({ location, name: wheel.name, bytes: wheel.bytes, sha256: sha256Hex(wheel.bytes) });
  }
  return { script: copy, wheels, artifacts: artifactsOf(file, script.name, script.bytes, wheels) };
}

/** Reads what a location names, a file or an object of a bucket. */
export type FileReader = (location: string) => Promise<ReadFile | Unread>;

interface ReadFile {
  readonly name: string;
  readonly bytes: Buffer;
}

interface Unread {
  readonly missing: boolean;
  readonly reason: string;
}

/** Reads files of this machine, and objects as the workspace was told to. */
export function fileReader(readObject: ObjectReader, signal: AbortSignal): FileReader {
  return async (location) => {
    const path = localPath(location) ?? location;
    try {
      const bytes = isObject(location) ? await readObject(location, signal) : readFileSync(path);
      if (bytes === undefined) return { missing: true, reason: 'No such object.' };
      return { name: basename(path), bytes: Buffer.from(bytes) };
    } catch (error) {
      if (signal.aborted) throw error;
      return { missing: (error as NodeJS.ErrnoException).code === 'ENOENT', reason: reason(error) };
    }
  };
}

/** A library that could not be installed, worded as Databricks does. */
export function libraryFailure(location: string, clusterId: string, detail: string): Ending {
  return brokenTask(
    'LIBRARY_INSTALLATION_ERROR',
    'CLIENT_ERROR',
    `Library installation failed for library due to user error for whl: "${location}" Error messages: Library installation attempted on the driver node of cluster ${clusterId} and failed. ${detail} Error Code: DRIVER_LIBRARY_INSTALLATION_FAILURE`,
  );
}

function artifactsOf(
  location: string,
  name: string,
  script: Buffer,
  wheels: readonly WheelFile[],
): RunArtifact[] {
  return [
    { kind: 'script', location, name, sha256: sha256Hex(script), bytes: script.length },
    ...wheels.map((wheel) => ({
      kind: 'wheel' as const,
      location: wheel.location,
      name: wheel.name,
      sha256: wheel.sha256,
      bytes: wheel.bytes.length,
    })),
  ];
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'No such file or directory.';
  if (code === 'EACCES') return 'Permission denied.';
  return message;
}
