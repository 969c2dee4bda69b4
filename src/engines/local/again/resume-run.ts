import type { Pin } from '../../../artifacts/pin.ts';
import { ConfigError } from '../../../core/errors.ts';
import { type PinResolver, pinTasks } from '../plan/pin-tasks.ts';
import type { Surroundings } from '../plan/prepare-surroundings.ts';
import { isAlive, thisProcess } from '../record/driver-process.ts';
import type { RunRecord, TaskRecord } from '../record/run-record.ts';
import { drive } from '../run-dag.ts';
import type { Workbench } from '../workbench.ts';

/**
 * Goes on with a run: adopts Databricks runs that are still going, and clears tasks that failed, with the same pins.
 * @param repin Resolves the pins of the tasks that will run again; without it they keep theirs.
 * @throws ConfigError when another process drives the run, or nothing is left to do
 */
export async function resumeRun(
  record: RunRecord,
  surroundings: Surroundings,
  bench: Workbench,
  repin?: PinResolver,
): Promise<RunRecord> {
  requireResumable(record);
  const pins = repin === undefined ? undefined : await newPins(planResume(record), repin);
  const claimed = await bench.store.claim(record.dagId, record.runId, (current = record) => {
    // Another process may have taken it since it was read.
    requireResumable(current);
    return withPins(planResume(current), pins);
  });
  return drive(claimed, surroundings, bench, true);
}

/** Pure: the record with failed tasks, and those that did not run because of them, back at the start. */
function planResume(record: RunRecord): RunRecord {
  const { endedAt: _over, ended: _ended, ...rest } = record;
  return { ...rest, state: 'running', driver: thisProcess(), tasks: record.tasks.map(cleared) };
}

function requireResumable(record: RunRecord): void {
  if (record.state === 'success') {
    throw new ConfigError(`Cannot resume run ${record.runId} of ${record.dagId}: it has succeeded`, {
      code: 'HERMES_NOTHING_TO_RESUME',
      nextStep: 'Run the DAG again without --resume.',
    });
  }
  if (record.state === 'running' && isAlive(record.driver)) {
    throw new ConfigError(`Cannot resume run ${record.runId} of ${record.dagId}: it is still being run`, {
      code: 'HERMES_RUN_BUSY',
      facts: { process: record.driver.pid },
      nextStep: `Watch it with: hermes runs show ${record.runId}`,
    });
  }
}

function cleared(task: TaskRecord): TaskRecord {
  const again = task.state === 'failed' || task.state === 'upstream_failed' || task.state === 'skipped';
  const { retryEnded: _over, ...rest } = task;
  return again ? { ...rest, state: 'none' } : task;
}

/** Pins of the tasks that will run again, looked up anew. */
async function newPins(record: RunRecord, resolve: PinResolver): Promise<ReadonlyMap<string, Pin>> {
  const waiting = record.tasks.filter((task) => task.state === 'none');
  return pinTasks(
    waiting.map((task) => task.plan),
    resolve,
  );
}

function withPins(record: RunRecord, pins: ReadonlyMap<string, Pin> | undefined): RunRecord {
  const tasks = record.tasks.map((task) => {
    const pin = pins?.get(task.taskId);
    return pin === undefined ? task : { ...task, pin };
  });
  return { ...record, tasks };
}
