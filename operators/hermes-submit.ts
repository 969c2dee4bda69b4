import { createHash } from 'node:crypto';
import type { JsonObject } from '../src/core/json.ts';
import type { HermesSettings } from './hermes-options.ts';
import { attemptToken, pinned, runIdTag, teamPath, teamVariable, userText } from './jinja-text.ts';
import { scriptVariables } from './script-variables.ts';
import { tableRoute } from './table-route.ts';

/** Everything that the body of a submit depends on. */
export interface SubmitFacts {
  readonly dagId: string;
  readonly taskId: string;
  readonly team: string;
  readonly settings: HermesSettings;
  /** Inputs that a task before it writes. */
  readonly writtenBefore: ReadonlySet<string>;
}

const MAX_TASK_KEY = 100;
const MAX_TAG_VALUE = 255;

/** The tag by which DAGs and clusters of this framework are found. */
export const SERVICE_TAG = { key: 'compaas-service', value: 'hermes' } as const;

/** The body of `POST /api/2.2/jobs/runs/submit`: one task on a cluster of its own, from the team's policy. */
export function submitBody(facts: SubmitFacts): JsonObject {
  const { dagId, taskId, team, settings } = facts;
  return {
    run_name: `${dagId}.${taskId}`,
    tasks: [
      {
        task_key: taskKey(taskId),
        spark_python_task: {
          python_file: pinned(taskId, 'script_url'),
          parameters: (settings.parameters ?? []).map((parameter) =>
            typeof parameter === 'string' ? userText(parameter) : tableRoute(parameter.table, facts),
          ),
        },
        libraries: settings.library_version === 'none' ? [] : [{ whl: pinned(taskId, 'wheel_url') }],
        new_cluster: newCluster(facts),
      },
    ],
    access_control_list: accessControlList(team, settings.view_access_control_list ?? []),
    idempotency_token: attemptToken,
    ...(settings.timeout_seconds === undefined ? {} : { timeout_seconds: settings.timeout_seconds }),
    queue: { enabled: true },
  };
}

/** Only what the policy leaves open; the policy brings machine type, runtime and instance profile. */
function newCluster(facts: SubmitFacts): JsonObject {
  return {
    policy_id: teamVariable(facts.team, 'cluster_policy_id'),
    apply_policy_default_values: true,
    autoscale: { min_workers: 1, max_workers: 2 },
    // Lets those who may view a run see its driver log (https://docs.databricks.com/aws/en/jobs/privileges).
    spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
    spark_env_vars: environmentVariables(facts),
    custom_tags: customTags(facts),
  };
}

function environmentVariables(facts: SubmitFacts): JsonObject {
  const { dagId, taskId, team, settings } = facts;
  const datadogTags = [
    ['team', team],
    ['project', settings.project_name],
    ['dag', dagId],
    ['task', taskId],
    [SERVICE_TAG.key, SERVICE_TAG.value],
  ].map((pair) => `'${pair.join(':')}'`);
  const own = Object.entries(settings.env ?? {}).map(([name, value]) => [name, userText(value)]);
  return {
    ...Object.fromEntries(own),
    ...scriptVariables(facts),
    DD_SERVICE: settings.project_name,
    DD_ENV: teamVariable(team, 'environment'),
    DD_VERSION: pinned(taskId, 'version'),
    DD_TAGS: `{{ ([${datadogTags.join(', ')}] + ${teamPath(team, 'datadog.tags')}) | join(',') }}`,
    // A submitted run has a job of its own: the name is what Datadog can follow from run to run.
    DD_JOB_NAME: `${dagId}.${taskId}`,
  };
}

function customTags({ dagId, taskId, team, settings }: SubmitFacts): JsonObject {
  return {
    team: tagValue(team),
    project: tagValue(settings.project_name),
    dag: tagValue(dagId),
    dag_run: runIdTag,
    task: tagValue(taskId),
    version: pinned(taskId, 'version'),
    commit: pinned(taskId, 'commit'),
    environment: teamVariable(team, 'environment'),
    [SERVICE_TAG.key]: SERVICE_TAG.value,
  };
}

/** A value that AWS and Databricks take as a tag (letters, digits, space and `+-=._:/@`, at most 255). */
function tagValue(text: string): string {
  return text.replace(/[^A-Za-z0-9 +\-=._:/@]/g, '-').slice(0, MAX_TAG_VALUE);
}

function accessControlList(team: string, groups: readonly string[]): JsonObject[] {
  const viewers = [...new Set(groups)].filter((group) => group !== team);
  return [
    { group_name: team, permission_level: 'CAN_MANAGE_RUN' },
    ...viewers.map((group) => ({ group_name: group, permission_level: 'CAN_VIEW' })),
  ];
}

/** A task id as a key of Databricks: letters, digits, `-` and `_`, at most 100; a long one keeps a hash of the whole. */
export function taskKey(taskId: string): string {
  const clean = taskId.replace(/[^A-Za-z0-9_-]/g, '_');
  if (clean.length <= MAX_TASK_KEY) return clean;
  const hash = createHash('sha256').update(taskId).digest('hex').slice(0, 8);
  return `${clean.slice(0, MAX_TASK_KEY - hash.length - 1)}_${hash}`;
}
