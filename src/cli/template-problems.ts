import type { Pin } from '../artifacts/pin.ts';
import type { Environment } from '../config/environment.ts';
import type { ArtifactRequest } from '../core/artifact-request.ts';
import { ConfigError } from '../core/errors.ts';
import type { Problem } from '../core/problems.ts';
import type { LoadedDag } from '../dag/load-dags.ts';
import { planRun } from '../engines/local/plan-run.ts';
import { submitRenderer } from '../engines/local/render-submit.ts';
import type { TaskRecord } from '../engines/local/run-record.ts';

/**
 * Templates of a team's tasks that a run would refuse: an unknown name, param or variable. Found by rendering the
 * requests of a run with made-up pins. Pure.
 */
export function templateProblems(
  { dag, shownFile }: LoadedDag,
  environment: Environment,
  now: Date,
): Problem[] {
  const plans = dag.plans();
  const request = {
    dag,
    plans,
    environment: environment.name,
    embedded: environment.embedded,
    host: '',
    team: environment.team,
    folder: '',
    source: shownFile,
    params: {},
    parallel: 1,
  };
  const pins = new Map(
    plans.flatMap(({ taskId, artifacts }) => (artifacts === undefined ? [] : [[taskId, anyPin(artifacts)]])),
  );
  const record = planRun(request, pins, now, { pid: 0, startedAt: '' });
  const render = submitRenderer(record, environment.variables);
  const problemOf = (task: TaskRecord): Problem[] => {
    try {
      render(task, 1);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { place } = dag.task(task.taskId);
      const at = place === undefined ? {} : { line: place.line, column: place.column };
      return [{ file: shownFile, ...at, message: `Task "${task.taskId}": ${error.message}` }];
    }
  };
  return record.tasks.filter(({ plan }) => plan.team === environment.team).flatMap(problemOf);
}

function anyPin({ team, project, script }: ArtifactRequest): Pin {
  return {
    team,
    project,
    script,
    version: '1.0.0',
    commit: '0'.repeat(40),
    via: 'version',
    scriptUrl: `file:///${script}-1.0.0.py`,
    scriptSha256: '0'.repeat(64),
    wheelUrl: `file:///${project}-1.0.0-py3-none-any.whl`,
    wheelSha256: '0'.repeat(64),
    wheelVersion: '1.0.0',
  };
}
