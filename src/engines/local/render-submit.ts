import { type AirflowFacts, airflowScope } from '../../core/jinja/airflow-scope.ts';
import { renderJson } from '../../core/jinja.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { PINS_TASK_ID } from '../../dag/task-options.ts';
import type { RunRecord, TaskRecord } from './run-record.ts';

/**
 * The body of `runs/submit` for one attempt: the plan's templates rendered with the run's own values, as Airflow would.
 * @param variables The environment's Airflow variables.
 * @throws ConfigError naming the template and what is missing in it
 */
export function renderSubmit(
  record: RunRecord,
  task: TaskRecord,
  tryNumber: number,
  variables: Readonly<Record<string, unknown>>,
): JsonObject {
  const scope = airflowScope(factsOf(record, task, tryNumber, variables));
  return withoutEmptyLibraries(renderJson(task.plan.submit, scope) as JsonObject);
}

function factsOf(
  record: RunRecord,
  task: TaskRecord,
  tryNumber: number,
  variables: Readonly<Record<string, unknown>>,
): AirflowFacts {
  const logicalDate = new Date(record.logicalDate);
  return {
    dagId: record.dagId,
    taskId: task.taskId,
    runId: record.runId,
    runType: record.runType,
    logicalDate,
    runAfter: logicalDate,
    // A manual run covers no interval: Airflow 3 gives both ends the time of the run.
    dataIntervalStart: logicalDate,
    dataIntervalEnd: logicalDate,
    tryNumber,
    params: record.params,
    conf: {},
    variables,
    returnValues: { [PINS_TASK_ID]: pinsOf(record.tasks) },
  };
}

/** The pins as the Python side keeps them, by task id. */
function pinsOf(tasks: readonly TaskRecord[]): JsonObject {
  return Object.fromEntries(
    tasks.map(({ taskId, pin }) => [
      taskId,
      {
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
      },
    ]),
  );
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
