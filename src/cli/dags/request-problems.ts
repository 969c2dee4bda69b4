import type { Environment } from '../../config/environment.ts';
import type { Problem } from '../../core/problems.ts';
import type { LoadedDag } from '../../dag/load-dags.ts';
import { planRun } from '../../engines/local/plan/plan-run.ts';
import { planSubmits } from '../../engines/local/plan/plan-submit.ts';
import type { Surroundings } from '../../engines/local/plan/prepare-surroundings.ts';
import { shareProblems, taskNames } from '../../engines/local/plan/submit-problems.ts';
import { madeUpPin } from './made-up-pin.ts';

/**
 * Why requests of a team's tasks would not be sent: a template with an unknown name, param or variable, and what the
 * policies refuse, as far as they are given. What keeps several tasks from being sent is told once, at the first of
 * them. Found by planning a run with made-up pins. Pure.
 */
export function requestProblems(
  { dag, shownFile, textPlace }: LoadedDag,
  environment: Environment,
  surroundings: Surroundings,
  now: Date,
): Problem[] {
  const plans = dag.drafts().filter(({ team }) => team === environment.team);
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
    plans.flatMap(({ taskId, artifacts }) =>
      artifacts === undefined ? [] : [[taskId, madeUpPin(artifacts)]],
    ),
  );
  const record = planRun(request, pins, now, { pid: 0, startedAt: '' });
  return shareProblems(planSubmits(record, surroundings).problems).map(({ taskIds, message, template }) => {
    const written = template === undefined ? undefined : textPlace?.(taskIds[0], template);
    const place = written ?? dag.task(taskIds[0]).place;
    const at = place === undefined ? {} : { line: place.line, column: place.column };
    return { file: shownFile, ...at, message: `${subject(taskIds)}: ${message}` };
  });
}

function subject(taskIds: readonly string[]): string {
  return taskIds.length === 1 ? `Task ${JSON.stringify(taskIds[0])}` : `Tasks ${taskNames(taskIds)}`;
}
