import { readdirSync, readFileSync } from 'node:fs';
import { type Component, readInstance } from '../../src/engines/airflow/local/instance-state.ts';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly isGone: boolean;
}

/** Kills what runs the tasks of an Airflow, as the loss of a machine would: each worker that has a task, and the task. */
export function killBusyWorkers(folder: string): number {
  const all = processes();
  const scheduler = pidOf(folder, 'scheduler');
  const workers = all.filter(({ parent }) => parent === scheduler);
  const tasks = all.filter(({ parent, isGone }) => !isGone && workers.some(({ pid }) => pid === parent));
  for (const { pid, parent } of tasks) for (const each of [parent, pid]) process.kill(each, 'SIGKILL');
  return tasks.length;
}

/** Kills a process of an Airflow, and what it has started. */
export function killComponent(folder: string, name: Component): void {
  const leader = pidOf(folder, name);
  const children = processes().filter(({ parent }) => parent === leader);
  for (const { pid } of [{ pid: leader }, ...children]) process.kill(pid, 'SIGKILL');
}

function pidOf(folder: string, name: Component): number {
  const found = readInstance(folder)?.processes.find((one) => one.name === name);
  if (found === undefined) throw new Error(`Airflow in ${folder} has no ${name}.`);
  return found.pid;
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), parent: Number(parent), isGone: state === 'Z' }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}
