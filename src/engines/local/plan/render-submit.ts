import type { Pin } from '../../../artifacts/pin.ts';
import { type AirflowFacts, runScope } from '../../../core/jinja/airflow-scope.ts';
import { mapTexts, renderTemplate } from '../../../core/jinja.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { PINS_TASK_ID } from '../../../dag/task-options.ts';
import type { RunRecord, TaskRecord } from '../record/run-record.ts';

/**
 * The body of `runs/submit` for one attempt: a plan's templates rendered with the run's own values, as Airflow would.
 * @throws ConfigError naming the template and what is missing in it
 */
export type SubmitRenderer = (task: Pick<TaskRecord, 'taskId' | 'plan'>, tryNumber: number) => JsonObject;

/**
 * Renders the requests of one run. What its tasks share is gathered once, the pins above all: they stay for the whole run.
 * @param variables The environment's Airflow variables.
 */
export function submitRenderer(
  record: RunRecord,
  variables: Readonly<Record<string, unknown>>,
): SubmitRenderer {
  const scopeOf = runScope(sharedFacts(record, variables));
  const ofTheRun = new Map<string, string>();
  return ({ taskId, plan }, tryNumber) => {
    const scope = scopeOf(taskId, tryNumber);
    const render = (text: string): string => {
      const known = ofTheRun.get(text);
      if (known !== undefined) return known;
      const rendered = renderTemplate(text, scope);
      if (text.includes('{') && !OF_A_TASK.test(text)) ofTheRun.set(text, rendered);
      return rendered;
    };
    return withoutEmptyLibraries(mapTexts(plan.submit, render) as JsonObject);
  };
}

/** Names whose values differ between the tasks of a run, or from call to call; other templates are rendered once. */
const OF_A_TASK = /\b(ti|task|task_instance\w*|try_number|macros)\b/;

function sharedFacts(
  record: RunRecord,
  variables: Readonly<Record<string, unknown>>,
): Omit<AirflowFacts, 'taskId' | 'tryNumber'> {
  const logicalDate = new Date(record.logicalDate);
  return {
    dagId: record.dagId,
    runId: record.runId,
    runType: record.runType,
    logicalDate,
    runAfter: logicalDate,
    // A manual run covers no interval: Airflow 3 gives both ends the time of the run.
    dataIntervalStart: logicalDate,
    dataIntervalEnd: logicalDate,
    params: record.params,
    conf: {},
    variables,
    returnValues: { [PINS_TASK_ID]: pinsOf(record.tasks) },
    upstream: new Map(record.tasks.map(({ taskId, upstream }) => [taskId, upstream])),
  };
}

/** The pins as the Python side keeps them, by task id. */
function pinsOf(tasks: readonly TaskRecord[]): JsonObject {
  return Object.fromEntries(
    tasks.flatMap(({ taskId, pin }) => (pin === undefined ? [] : [[taskId, pinValue(pin)] as const])),
  );
}

function pinValue(pin: Pin): JsonObject {
  return {
    team: pin.team,
    project: pin.project,
    script: pin.script,
    version: pin.version,
    commit: pin.commit,
    via: pin.via,
    script_url: pin.scriptUrl,
    script_sha256: pin.scriptSha256,
    wheel_url: pin.wheelUrl ?? '',
    wheel_sha256: pin.wheelSha256 ?? '',
    wheel_version: pin.wheelVersion ?? '',
    runtime_url: pin.runtimeUrl ?? '',
    runtime_sha256: pin.runtimeSha256 ?? '',
  };
}

/** A pin without a wheel renders its library to an empty text, which stands for no library. */
function withoutEmptyLibraries(submit: JsonObject): JsonObject {
  if (!Array.isArray(submit.tasks)) return submit;
  const tasks = (submit.tasks as readonly JsonObject[]).map((task) => {
    if (!Array.isArray(task.libraries)) return task;
    const libraries = (task.libraries as readonly JsonObject[]).filter((library) =>
      Object.values(library).every((value: Json) => value !== ''),
    );
    return { ...task, libraries };
  });
  return { ...submit, tasks };
}
