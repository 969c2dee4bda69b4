import { teamVariableName } from '../src/config/environment.ts';
import { PINS_TASK_ID } from '../src/dag/task-options.ts';
import { withRunDate } from './run-date.ts';
import { changeTemplate } from './template-parts.ts';

/** What `resolve_artifacts` hands to the other tasks, for each task id. */
export type PinField =
  | 'version'
  | 'commit'
  | 'script_url'
  | 'wheel_url'
  | 'runtime_url'
  | 'project'
  | 'script';

/** A field of the team's variable, inside an expression: `var.json.hermes_weather.read_prefix`. */
export function teamPath(team: string, field: string): string {
  return `var.json.${teamVariableName(team)}.${field}`;
}

/** The same as a template of its own. */
export function teamVariable(team: string, field: string): string {
  return `{{ ${teamPath(team, field)} }}`;
}

/** A field of the pin that the run resolved for the task: the same text for every task, so that it is parsed once. */
export function pinned(field: PinField): string {
  return `{{ ti.xcom_pull(task_ids='${PINS_TASK_ID}')[ti.task_id]['${field}'] }}`;
}

/** The id of the DAG run with only the characters that a tag of AWS may hold. */
export const runIdTag = "{{ dag_run.run_id | replace('~', '-') }}";

/** The ids of the user's tasks directly before this one, in one text: by these a page of runs can draw the DAG. */
export const upstreamTasks = `{{ task.upstream_task_ids | reject('equalto', '${PINS_TASK_ID}') | sort | join(',') }}`;

/**
 * Names the attempt, so that a repeated submit answers the run that stands and a retry starts another. Team and
 * environment belong to it: several may share a workspace, with DAGs of the same name on the same schedule.
 * 36 characters; Databricks takes 64 (https://docs.databricks.com/api/workspace/jobs/submit).
 */
export function attemptToken(team: string): string {
  const parts = [
    `'${team}'`,
    teamPath(team, 'environment'),
    'dag.dag_id',
    'dag_run.run_id',
    'ti.task_id',
    'ti.map_index',
    'ti.try_number',
  ];
  return `{{ macros.uuid.uuid5(macros.uuid.NAMESPACE_URL, ${parts.join(" ~ '/' ~ ")}) }}`;
}

/** A text of the user as a template that comes out as he wrote it, with dates that work for every kind of run. */
export function userText(text: string): string {
  // Most texts hold nothing that a reader of templates would touch.
  if (/^[^{}\r\n]*$/.test(text)) return text;
  return spelledOut(withRunDate(withSecrets(text)));
}

/**
 * The same template with `{{secrets/scope/key}}` spelled out: it is not for Jinja, but for Databricks, which fills it in
 * on the cluster (https://docs.databricks.com/aws/en/security/secrets/secrets-spark-conf-env-var).
 */
export function withSecrets(template: string): string {
  const code = (inside: string): string =>
    /^\s*secrets\/[\w@.-]+\/[\w@.-]+\s*$/.test(inside) ? ` '{' ~ '{${inside.trim()}}' ~ '}' ` : inside;
  return changeTemplate(template, { code });
}

/**
 * The same template with all plain text spelled out that a Jinja reader would change or refuse:
 * carriage returns, the line end at the very end (https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control),
 * and an end of a comment without a beginning.
 */
export function spelledOut(template: string): string {
  // A brace in front goes along, or it would join the braces of the expression.
  const end = /\{?\n$/.exec(template)?.[0] ?? '';
  const body = template.slice(0, template.length - end.length);
  const text = (part: string): string => part.replace(/\{?(?:\r|#\})/g, quoted);
  return `${changeTemplate(body, { text })}${end === '' ? '' : quoted(end)}`;
}

function quoted(text: string): string {
  return `{{ '${text.replace('\r', '\\r').replace('\n', '\\n')}' }}`;
}
