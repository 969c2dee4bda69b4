import type { Json, JsonObject } from '../../core/json.ts';
import { printableLine } from '../../core/printable.ts';
import { redact, redactAttribute } from '../../core/redaction.ts';
import { flattenCluster, type Scalar } from '../../databricks/policy/cluster-attributes.ts';
import type { EvaluatedCluster, ValueSource } from '../../databricks/policy/evaluate-policy.ts';
import type { PlannedCluster, SubmitPlan } from '../../engines/local/plan/plan-submit.ts';
import { isSetByHermes } from '../../engines/local/plan/refusal-text.ts';
import type { TaskRecord } from '../../engines/local/record/run-record.ts';
import { pinText, type Style } from '../runs/run-lines.ts';
import { shellWord } from '../shell-word.ts';
import { renderTable } from '../table.ts';

const LABEL_WIDTH = 11;

/** A few lines on what one task would send. */
export function taskPlanLines(
  task: TaskRecord,
  { body, clusters }: SubmitPlan,
  isPublished: boolean,
  style: Style,
): readonly string[] {
  const artifact = task.pin === undefined ? '' : isPublished ? `  ${pinText(task.pin)}` : '  not published';
  const facts = [
    ...requestFacts(body),
    ...clusters.map(({ policy, evaluated }) => ['cluster', clusterText(policy.name, evaluated)] as const),
    ['seen by', accessText(body)] as const,
  ].filter(([, text]) => text !== '');
  return [
    `  ${style('bold', task.taskId)}${artifact}`,
    ...facts.map(([label, text]) => `    ${style('dim', label.padEnd(LABEL_WIDTH))} ${text}`),
  ];
}

/** Every value of a cluster and who says so. */
export function clusterLines({ policy, evaluated }: PlannedCluster): readonly string[] {
  const values = flattenCluster(evaluated.cluster);
  const rows = Object.entries(evaluated.sources)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, source]) => [path, valueText(path, values.get(path)), sourceText(path, source)]);
  const unjudged = evaluated.unjudged.map((text) => `  only the workspace can judge: ${text}`);
  return [
    `cluster, by policy ${policy.name}`,
    ...renderTable(['attribute', 'value', 'set by'], rows).map((line) => `  ${line}`),
    ...unjudged,
    ...(evaluated.dbusPerHourAtMost === undefined
      ? []
      : [`  at most ${evaluated.dbusPerHourAtMost} DBU an hour`]),
  ];
}

/** Masked here, before the width of the column is known. */
function valueText(path: string, value: Scalar | undefined): string {
  return printableLine(redact(String(redactAttribute(path, value) ?? '')));
}

function sourceText(path: string, source: ValueSource): string {
  if (source === 'policy') return 'policy';
  if (source === 'policy default') return 'policy, by default';
  return isSetByHermes(path) ? 'Hermes' : 'the DAG file';
}

function requestFacts(body: JsonObject): readonly (readonly [string, string])[] {
  return tasksOf(body).flatMap((task) => {
    const python = objectOf(task.spark_python_task);
    const parameters = listOf(python.parameters).map((text) => printableLine(shellWord(String(text))));
    return [
      ['parameters', parameters.join(' ')] as const,
      ['reads', tableList(task, 'HERMES_INPUTS')] as const,
      ['writes', tableList(task, 'HERMES_OUTPUTS')] as const,
    ];
  });
}

function tableList(task: JsonObject, variable: string): string {
  const { [variable]: names } = objectOf(objectOf(task.new_cluster).spark_env_vars);
  return typeof names === 'string' ? names.split(',').join(', ') : '';
}

/** `m5.xlarge, 15.4.x-scala2.12, 1–2 workers · policy hermes-weather-dev · at most 3 DBU an hour` */
function clusterText(policy: string, { cluster, dbusPerHourAtMost }: EvaluatedCluster): string {
  const { min_workers: least, max_workers: most } = objectOf(cluster.autoscale);
  const size =
    cluster.num_workers === undefined
      ? workers(least, most)
      : workers(cluster.num_workers, cluster.num_workers);
  const machine = [cluster.node_type_id ?? cluster.instance_pool_id, cluster.spark_version, size];
  const cost = dbusPerHourAtMost === undefined ? [] : [`at most ${dbusPerHourAtMost} DBU an hour`];
  return [machine.filter((part) => part !== undefined).join(', '), `policy ${policy}`, ...cost].join(' · ');
}

function workers(least: Json | undefined, most: Json | undefined): string {
  const range = least === most ? String(least ?? '?') : `${least ?? '?'}–${most ?? '?'}`;
  return `${range} worker${range === '1' ? '' : 's'}`;
}

function accessText(body: JsonObject): string {
  return listOf(body.access_control_list)
    .map(objectOf)
    .map((entry) => {
      const name = entry.group_name ?? entry.user_name ?? entry.service_principal_name;
      return entry.permission_level === 'CAN_VIEW' ? String(name) : `${name} (${entry.permission_level})`;
    })
    .join(', ');
}

function tasksOf(body: JsonObject): readonly JsonObject[] {
  return listOf(body.tasks).map(objectOf);
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
