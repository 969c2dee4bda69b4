import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson } from '../../core/json.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { brokenTask, type Ending } from '../jobs/run-state.ts';
import type { RunArtifact } from '../jobs/runs.ts';
import type { PlannedTask } from '../jobs/task-request.ts';
import type { TaskLibrary } from '../jobs/task-work.ts';
import type { DriverFolder, DriverWork } from './driver.ts';
import type { FileReader } from './file-reader.ts';
import { readNotebook } from './notebook-files.ts';
import { libraryArtifacts, type ReadLibrary, readLibraries } from './task-libraries.ts';

/** The bytes of a task, read once: what is hashed here is what runs. */
export interface TaskFiles {
  readonly work: DriverWork;
  /** In the order given, with those that a notebook asks for at the end. */
  readonly libraries: readonly ReadLibrary[];
  readonly artifacts: readonly RunArtifact[];
  /** Whether the code, or a library that it asks for, speaks of Spark. */
  readonly mentionsSpark: boolean;
}

/** How a notebook's driver asks the workspace for secrets. */
export interface NotebookAccess {
  readonly host: string;
  readonly token: string;
}

/** The folder of a run, and what its driver is to know. */
export interface TaskPlace {
  readonly folder: DriverFolder;
  readonly clusterId: string;
  readonly access: () => NotebookAccess;
  /** Copies what lies beside code of the workspace tree into the working folder; whether the code is of that tree. */
  readonly copyAround: (location: string) => boolean;
}

/** Copies the code of a task and reads its libraries. Answers how the task ends when a file cannot be read. */
export async function readTaskFiles(
  task: PlannedTask,
  place: TaskPlace,
  read: FileReader,
): Promise<TaskFiles | Ending> {
  mkdirSync(place.folder.script, { recursive: true, mode: 0o700 });
  const code = await readCode(task, place, read);
  if ('result' in code) return code;
  const libraries = await readLibraries([...task.libraries, ...code.libraries], place.clusterId, read);
  if ('result' in libraries) return libraries;
  const asked = libraries.some((library) => library.kind === 'pypi' && /spark/i.test(library.requirement));
  return {
    work: code.work,
    libraries,
    artifacts: [...code.artifacts, ...libraryArtifacts(libraries)],
    mentionsSpark: asked || code.sources.some((source) => SPARK.test(source.toString('latin1'))),
  };
}

const SPARK = /pyspark|\bspark\b|^# MAGIC %sql|^-- Databricks notebook source/im;

interface TaskCode {
  readonly work: DriverWork;
  readonly libraries: readonly TaskLibrary[];
  readonly artifacts: readonly RunArtifact[];
  readonly sources: readonly Buffer[];
}

async function readCode(
  { work }: PlannedTask,
  place: TaskPlace,
  read: FileReader,
): Promise<TaskCode | Ending> {
  if (work.kind === 'wheel') {
    const parameters = [work.entryPoint, ...work.parameters];
    return {
      work: { kind: 'wheel', target: work.packageName, parameters },
      libraries: [],
      artifacts: [],
      sources: [],
    };
  }
  if (work.kind === 'notebook') return notebookCode(work.path, work.widgets, place, read);
  const script = await read(work.file);
  if ('missing' in script) return unreadable(`the python file ${work.file}: ${script.reason}`);
  const home = place.copyAround(work.file) ? place.folder.work : place.folder.script;
  const copy = join(home, script.name);
  writeFileSync(copy, script.bytes);
  return {
    work: { kind: 'script', target: copy, parameters: work.parameters },
    libraries: [],
    artifacts: [codeArtifact(work.file, script.name, script.bytes)],
    sources: [script.bytes],
  };
}

async function notebookCode(
  path: string,
  widgets: Readonly<Record<string, string>>,
  { folder, access, copyAround }: TaskPlace,
  read: FileReader,
): Promise<TaskCode | Ending> {
  const notebook = await readNotebook(path, read);
  if ('reason' in notebook) return unreadable(`the notebook ${notebook.path}: ${notebook.reason}`);
  copyAround(path);
  const sources = [...notebook.sources].map(([name, bytes], index) => {
    const file = join(folder.script, `notebook-${index + 1}.py`);
    writeFileSync(file, bytes);
    return [name, file] as const;
  });
  const plan = join(folder.script, 'notebook.json');
  const content = { path: notebook.path, sources: Object.fromEntries(sources), widgets, ...access() };
  writeFileSync(plan, stringifyJson(content), { mode: 0o600 });
  return {
    work: { kind: 'notebook', target: plan, parameters: [] },
    libraries: notebook.libraries,
    artifacts: [...notebook.sources].map(([name, bytes]) => codeArtifact(name, name, bytes)),
    sources: [...notebook.sources.values()],
  };
}

function unreadable(what: string): Ending {
  return brokenTask('RESOURCE_NOT_FOUND', 'CLIENT_ERROR', `Cannot read ${what}`);
}

function codeArtifact(location: string, name: string, bytes: Buffer): RunArtifact {
  return { kind: 'script', location, name, sha256: sha256Hex(bytes), bytes: bytes.length };
}
