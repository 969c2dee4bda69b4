import { ConfigError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { runEnder } from './attempt/run-ender.ts';
import { runTask } from './attempt/run-task.ts';
import { LetGo } from './attempt/task-context.ts';
import { timeLimit } from './attempt/time-limit.ts';
import { executeTasks, outcome } from './execute-tasks.ts';
import { type PinResolver, pinTasks } from './plan/pin-tasks.ts';
import { planRun, type RunRequest } from './plan/plan-run.ts';
import { planSubmits, type SubmitPlan, submitPlanner } from './plan/plan-submit.ts';
import type { Surroundings } from './plan/prepare-surroundings.ts';
import { requireNoProblems } from './plan/submit-problems.ts';
import { thisProcess } from './record/driver-process.ts';
import { type Journal, openJournal } from './record/journal.ts';
import { finishedStates, type RunRecord } from './record/run-record.ts';
import type { Workbench } from './workbench.ts';

/**
 * Runs a DAG here and now: pins every artifact, checks every request, writes the record, then runs the tasks on the
 * workspace. Answers the record of the ended run, failed or not.
 * @throws ConfigError before anything has started; another HermesError when the workspace is lost on the way, and then
 *   {@link resumeRun} goes on
 */
export async function runDag(
  request: RunRequest,
  resolvePin: PinResolver,
  surroundings: Surroundings,
  bench: Workbench,
): Promise<RunRecord> {
  const pins = await pinTasks(request.plans, resolvePin);
  const planned = planRun(request, pins, bench.clock.now(), thisProcess());
  return startPlanned(planned, surroundings, bench);
}

/** Starts a run that is planned and pinned: checks every request, writes the record, then runs the tasks. */
export async function startPlanned(
  planned: RunRecord,
  surroundings: Surroundings,
  bench: Workbench,
): Promise<RunRecord> {
  await requireFreeRunId(planned, bench);
  // Every request, so that a mistake in the last task shows before the first one runs.
  const { plans, problems } = planSubmits(planned, surroundings);
  requireNoProblems(problems, planned.source);
  const record = withPolicies(planned, plans);
  await bench.store.claim(record.dagId, record.runId, (current) => {
    if (current !== undefined) throw runIdTaken(record);
    return record;
  });
  return drive(record, surroundings, bench, false);
}

/** Drives a record to its end, from wherever it stands. */
export async function drive(
  record: RunRecord,
  surroundings: Surroundings,
  bench: Workbench,
  resumed: boolean,
): Promise<RunRecord> {
  const journal = openJournal(record, bench.store, bench.emit);
  const request = requestsOf(record, surroundings);
  bench.emit({ type: 'started', record, resumed });
  const limit = timeLimit(bench.clock, remainingSeconds(record, bench.clock.now()));
  const breakdown = new AbortController();
  const signal = AbortSignal.any([bench.signal, limit.signal, breakdown.signal]);
  try {
    await executeTasks({
      journal,
      signal,
      onBreakdown: (error) => {
        breakdown.abort(new LetGo('the run is left as it is', { cause: error }));
        const message = `What is running goes on without us. Adopt it with: hermes dag run --resume ${record.runId}`;
        bench.emit({ type: 'note', message });
      },
      runTask: (taskId) =>
        runTask({ bench, journal, taskId, payload: (tryNumber) => request(taskId, tryNumber), signal }),
    });
  } finally {
    limit.clear();
  }
  return closeRun(journal, limit.signal.aborted, bench);
}

/** Keeps which revision of its policy each task was planned with. */
export function withPolicies(record: RunRecord, plans: readonly SubmitPlan[]): RunRecord {
  const policies = new Map(plans.map(({ taskId, clusters: [first] }) => [taskId, first?.policy]));
  const tasks = record.tasks.map((task) => {
    const policy = policies.get(task.taskId);
    if (policy === undefined) return task;
    const sha256 = sha256Hex(policy.definition);
    return { ...task, policy: { policyId: policy.policyId, name: policy.name, sha256 } };
  });
  return { ...record, tasks };
}

/** The request of a task for one attempt, as its policy wants it. */
function requestsOf(record: RunRecord, surroundings: Surroundings) {
  const plan = submitPlanner(record, surroundings);
  const tasks = new Map(record.tasks.map((task) => [task.taskId, task]));
  return (taskId: string, tryNumber: number): JsonObject => {
    const task = tasks.get(taskId);
    if (task === undefined) throw new Error(`the record has no task ${taskId}`);
    return plan(task, tryNumber).body;
  };
}

async function requireFreeRunId(record: RunRecord, bench: Workbench): Promise<void> {
  if ((await bench.store.read(record.dagId, record.runId)) !== undefined) throw runIdTaken(record);
}

function runIdTaken(record: RunRecord): ConfigError {
  const message = `Cannot start run ${record.runId} of ${record.dagId}: there is a run with this id`;
  return new ConfigError(message, {
    code: 'HERMES_RUN_ID_TAKEN',
    nextStep: `Choose another --run-id, or go on with it: --resume ${record.runId}`,
  });
}

function remainingSeconds(record: RunRecord, now: Date): number | undefined {
  if (record.dagrunTimeoutSeconds === undefined) return undefined;
  return record.dagrunTimeoutSeconds - (now.getTime() - new Date(record.startedAt).getTime()) / 1000;
}

/** As Airflow does, a run that took too long skips what has not started. After Ctrl-C that waits for a resume. */
async function closeRun(journal: Journal, timedOut: boolean, bench: Workbench): Promise<RunRecord> {
  if (timedOut) {
    for (const task of journal.record.tasks.filter(({ state }) => !finishedStates.has(state))) {
      await journal.changeTask(task.taskId, (current) => ({ ...current, state: 'skipped' }));
    }
  }
  const state = timedOut ? 'failed' : outcome(journal.record);
  const endedAt = bench.clock.now().toISOString();
  const ended = state === 'failed' ? runEnder(bench.signal) : undefined;
  await journal.changeRun((record) => ({
    ...record,
    state,
    endedAt,
    ...(ended === undefined ? {} : { ended }),
  }));
  bench.emit({ type: 'ended', record: journal.record });
  return journal.record;
}
