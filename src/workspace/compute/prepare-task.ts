import { ConfigError } from '../../core/errors.ts';
import { copyBeside } from '../files/copy-beside.ts';
import { endToken, issueRunToken } from '../identity/users.ts';
import { brokenTask, type Ending } from '../jobs/run-state.ts';
import { type RunRecord, runAsOf, type TaskRecord, updateTask } from '../jobs/runs.ts';
import type { PlannedTask } from '../jobs/task-request.ts';
import type { Compute } from './compute.ts';
import type { DriverFolder } from './driver.ts';
import { fileReader } from './file-reader.ts';
import { LibraryInstallationError } from './install-libraries.ts';
import { libraryFailure } from './library-failure.ts';
import type { PythonEnvironment } from './python-environment.ts';
import { type NotebookAccess, readTaskFiles, type TaskFiles } from './task-files.ts';
import { isPlain, type ReadLibrary } from './task-libraries.ts';
import { unlessAborted } from './unless-aborted.ts';

/** One attempt of a task on its cluster. */
export interface Attempt {
  readonly run: RunRecord;
  readonly task: TaskRecord;
  readonly request: PlannedTask;
  readonly folder: DriverFolder;
  /** Empty for a serverless task. */
  readonly clusterId: string;
  readonly pass: NotebookPass;
}

/** What a driver needs to begin. */
export interface Prepared {
  readonly files: TaskFiles;
  readonly environment: PythonEnvironment;
}

/** Reads the files of a task and installs its libraries. Answers how it ends when that cannot be done. */
export async function prepareTask(
  compute: Compute,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Prepared | Ending> {
  const { run, task, request, clusterId } = attempt;
  const read = fileReader(compute, runAsOf(run), signal);
  const { folder } = attempt;
  const copyAround = (location: string): boolean => copyBeside(compute, location, runAsOf(run), folder.work);
  const place = { ...attempt, access: attempt.pass.issue, copyAround };
  const files = await unlessAborted(readTaskFiles(request, place, read), signal);
  if ('result' in files) return files;
  const now = compute.clock.now().getTime();
  updateTask(compute.db, task.run_id, { libraries_at: now, artifacts: JSON.stringify(files.artifacts) });
  try {
    const ready = compute.python().then((python) => compute.environments.prepare(python, files.libraries));
    return { files, environment: await unlessAborted(ready, signal) };
  } catch (error) {
    if (error instanceof LibraryInstallationError)
      return libraryFailure(usersOwn(files.libraries), clusterId, error.message);
    if (error instanceof ConfigError)
      return brokenTask(
        'CLUSTER_ERROR',
        'CLIENT_ERROR',
        `Cluster ${clusterId} could not start: ${error.message} ${error.nextStep ?? ''}`,
      );
    throw error;
  }
}

/** The libraries that a message names: not the module that Hermes brings, unless it is the only one. */
function usersOwn(libraries: readonly ReadLibrary[]): readonly ReadLibrary[] {
  const own = libraries.filter((library) => !isPlain([library]));
  return own.length > 0 ? own : libraries;
}

/** A token with which a notebook asks for secrets on behalf of the user whose rights its run has, while it runs. */
export interface NotebookPass {
  readonly issue: () => NotebookAccess;
  /** Makes a token that was issued worthless. */
  readonly end: () => void;
}

export function notebookPass({ db, clock, url }: Compute, userName: string): NotebookPass {
  let token: string | undefined;
  return {
    issue: () => {
      token = issueRunToken(db, userName, clock.now());
      return { host: url(), token };
    },
    end: () => {
      if (token !== undefined) endToken(db, token);
    },
  };
}
