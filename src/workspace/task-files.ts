import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DriverFolder } from './driver.ts';
import type { WheelFile } from './python-environment.ts';
import { brokenTask, type Ending } from './run-state.ts';
import type { RunArtifact } from './runs.ts';
import { localPath, type TaskRequest } from './submission.ts';

/** The bytes of a task, read once: what is hashed here is what runs. */
export interface TaskFiles {
  /** The script's copy in the run's own folder. */
  readonly script: string;
  readonly wheels: readonly WheelFile[];
  readonly artifacts: readonly RunArtifact[];
}

/** Copies the script and reads the wheels. Answers how the task ends when a file cannot be read. */
export function readTaskFiles(
  task: TaskRequest,
  folder: DriverFolder,
  clusterId: string,
): TaskFiles | Ending {
  const source = localPath(task.pythonFile) ?? task.pythonFile;
  let script: Buffer;
  try {
    script = readFileSync(source);
  } catch (error) {
    return brokenTask(
      'RESOURCE_NOT_FOUND',
      'CLIENT_ERROR',
      `Cannot read the python file ${task.pythonFile}: ${reason(error)}`,
    );
  }
  mkdirSync(folder.script, { recursive: true, mode: 0o700 });
  const copy = join(folder.script, basename(source));
  writeFileSync(copy, script);
  const wheels: WheelFile[] = [];
  for (const location of task.wheels) {
    const path = localPath(location) ?? location;
    try {
      const bytes = readFileSync(path);
      wheels.push({ location, name: basename(path), bytes, sha256: sha256(bytes) });
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      return libraryFailure(
        location,
        clusterId,
        missing ? 'The library file does not exist.' : reason(error),
      );
    }
  }
  return { script: copy, wheels, artifacts: artifactsOf(task, basename(source), script, wheels) };
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
  task: TaskRequest,
  name: string,
  script: Buffer,
  wheels: readonly WheelFile[],
): RunArtifact[] {
  return [
    { kind: 'script', location: task.pythonFile, name, sha256: sha256(script), bytes: script.length },
    ...wheels.map((wheel) => ({
      kind: 'wheel' as const,
      location: wheel.location,
      name: wheel.name,
      sha256: wheel.sha256,
      bytes: wheel.bytes.length,
    })),
  ];
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'No such file or directory.';
  if (code === 'EACCES') return 'Permission denied.';
  return message;
}
