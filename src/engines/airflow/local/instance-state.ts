import { join } from 'node:path';
import { z } from 'zod';
import { processIdentity } from '../../../core/process-group.ts';
import { readPrivately, writePrivately } from './private-file.ts';

/** The processes of Airflow, by the words that start them. */
export const components = ['api-server', 'scheduler', 'dag-processor', 'triggerer'] as const;
export type Component = (typeof components)[number];

const workerSchema = z.object({
  pid: z.int(),
  /** Tells the process from another one that got its pid later. */
  identity: z.string(),
});

/** A process that takes tasks for the scheduler. */
export type InstanceWorker = z.infer<typeof workerSchema>;

const processSchema = z.object({
  name: z.enum(components),
  ...workerSchema.shape,
  startedAt: z.string(),
  /** Of the scheduler, where the system tells of them. */
  workers: z.array(workerSchema).optional(),
});

/** A process that was started. It leads a session of its own. */
export type InstanceProcess = z.infer<typeof processSchema>;

const stateSchema = z.object({
  format: z.literal(1),
  /** Of Airflow. */
  version: z.string(),
  port: z.int(),
  /** Hash of everything that processes are started with: another one means that they have to start again. */
  settings: z.string(),
  /** Hash of the database whose tables are those of this version. */
  migrated: z.string(),
  processes: z.array(processSchema),
});

/** What is known of an Airflow of this machine, whether it runs or not. */
export type InstanceState = z.infer<typeof stateSchema>;

/** Absent when none was ever started in the folder, or another version of Hermes wrote it. */
export function readInstance(folder: string): InstanceState | undefined {
  const known = stateSchema.safeParse(readPrivately(join(folder, 'instance.json')));
  return known.success ? known.data : undefined;
}

export function writeInstance(folder: string, state: InstanceState): void {
  writePrivately(join(folder, 'instance.json'), state);
}

/** Whether a process that was started is still there, and not another one with its number. */
export function isAlive({ pid, identity }: InstanceWorker): boolean {
  return processIdentity(pid) === identity;
}

/** Whether it is there with all the workers that it began with. */
export function isWhole(found: InstanceProcess): boolean {
  return isAlive(found) && (found.workers ?? []).every(isAlive);
}

/** Where the pages and the REST API are. */
export function instanceUrl({ port }: Pick<InstanceState, 'port'>): string {
  return `http://127.0.0.1:${port}`;
}

/** The file that a process writes its output to. */
export function logFile(folder: string, name: Component): string {
  return join(folder, 'process-logs', `${name}.log`);
}
