import type { JsonObject } from '../../core/json.ts';
import { redact, redactAttribute } from '../../core/redaction.ts';
import {
  type ClusterRecord,
  clusterById,
  effectiveSpec,
  environmentVariables,
  valueSources,
} from '../compute/clusters.ts';
import { isRuntimeModule } from '../compute/runtime-module.ts';
import { maySeeLog } from '../identity/access.ts';
import { grantsOf, isAllowed } from '../identity/permissions.ts';
import { ADMINS, type Identity } from '../identity/users.ts';
import { isTerminal } from '../jobs/run-state.ts';
import {
  artifactsOf,
  lastAttempts,
  type RunRecord,
  requestOf,
  type TaskRecord,
  tasksOf,
} from '../jobs/runs.ts';
import { parametersOf } from '../jobs/task-work.ts';
import { flattenCluster } from '../policies/cluster-paths.ts';
import type { Database } from '../state/database.ts';
import { isObject } from '../wire/fields.ts';
import { cleanLog } from './log-text.ts';
import { timelineOf } from './timeline.ts';
import { parseTraceback } from './traceback.ts';
import { durationWords, sizeWords, stateWords, timeWords } from './words.ts';

/** Everything that the run page says about one task run, ready for its template; the log aside. `now` (epoch milliseconds) ends the duration of what is still going. */
export function runFacts(db: Database, run: RunRecord, task: TaskRecord, who: Identity, now: number) {
  const cluster = task.cluster_id === null ? undefined : clusterById(db, task.cluster_id);
  const spec = cluster === undefined ? requestOf(task).evaluated.spec : effectiveSpec(cluster);
  const tags = tagsOf(spec);
  const isOver = isTerminal(task.life);
  const failure = failureOf(task);
  return {
    ...headline(run, task, tags, now),
    isOver,
    ...(failure === undefined ? {} : { failure }),
    timeline: timelineOf(run.submitted, task, now),
    siblings: siblingsOf(db, run, task),
    parameters: parameterRows(parametersOf(requestOf(task).work).map(cleanLog)),
    ...tablesOf(spec),
    artifacts: artifactsOf(task).map((artifact) => ({ ...artifact, size: sizeWords(artifact.bytes) })),
    ...(cluster === undefined ? {} : { clusterId: cluster.cluster_id }),
    cluster: clusterRows(cluster, spec, requestOf(task).evaluated.sources),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    access: accessRows(db, run),
    mayCancel: !isOver && isAllowed(db, who, 'jobs', String(run.job_id), 'CAN_MANAGE_RUN'),
    maySeeLog: maySeeLog(db, run, task, who),
  };
}

/** The tables that the task said it reads and writes, by the names that the script got for them. */
function tablesOf(spec: JsonObject): { readonly tables?: readonly { verb: string; name: string }[] } {
  const { HERMES_INPUTS: inputs = '', HERMES_OUTPUTS: outputs = '' } = environmentVariables(spec);
  const names = (list: string): string[] => list.split(',').filter((name) => name !== '');
  const tables = [
    ...names(inputs).map((name) => ({ verb: 'reads', name })),
    ...names(outputs).map((name) => ({ verb: 'writes', name })),
  ];
  return tables.length === 0 ? {} : { tables };
}

/** An option and its value share a row. */
function parameterRows(parameters: readonly string[]): string[][] {
  const rows: string[][] = [];
  for (const parameter of parameters) {
    const last = rows.at(-1);
    const isValue = last?.length === 1 && /^-[^=]*$/.test(last[0] ?? '') && !parameter.startsWith('-');
    if (isValue) last?.push(parameter);
    else rows.push([parameter]);
  }
  return rows;
}

function headline(run: RunRecord, task: TaskRecord, tags: Readonly<Record<string, string>>, now: number) {
  const { words, tone } = stateWords(task.life, task.result, run.intent === 'cancel' ? run.intent_by : null);
  const from = task.pending_at ?? run.submitted;
  return {
    runId: String(run.run_id),
    taskRunId: String(task.run_id),
    jobId: String(run.job_id),
    runName: run.name,
    task: tags.task ?? task.task_key,
    state: words,
    tone,
    attempt: task.attempt > 0 ? task.attempt + 1 : undefined,
    duration: durationWords((task.ended_at ?? now) - from),
    submitted: timeWords(run.submitted),
    creator: run.creator,
    dag: tags.dag,
    dagRun: tags.dag_run,
    team: tags.team,
    project: tags.project,
    version: tags.version,
    commit: tags.commit?.slice(0, 7),
    environment: tags.environment,
    isProduction: tags.environment === 'prod',
  };
}

function failureOf(task: TaskRecord) {
  if (task.result !== 'FAILED' && task.result !== 'TIMEDOUT') return undefined;
  const packages = artifactsOf(task)
    .filter(({ kind, name }) => kind === 'wheel' && !isRuntimeModule(name))
    .map((artifact) => artifact.name.split('-')[0] ?? '');
  const trace = task.error_trace === null ? '' : cleanLog(task.error_trace);
  const frames = parseTraceback(trace, packages);
  return {
    message: cleanLog(task.error ?? task.message ?? ''),
    isUsers: task.error !== null,
    frames: frames.filter((frame) => frame.isOwn),
    ...(trace.includes('\n') ? { trace } : {}),
  };
}

function siblingsOf(db: Database, run: RunRecord, task: TaskRecord) {
  const attempts = tasksOf(db, run.run_id);
  if (attempts.length < 2) return [];
  return attempts.map((other) => {
    const { words, tone } = stateWords(other.life, other.result);
    const isLatest = lastAttempts(attempts).includes(other);
    return {
      key: other.task_key,
      attempt: other.attempt + 1,
      isRetried: !isLatest || other.attempt > 0,
      url: `/jobs/${run.job_id}/runs/${other.run_id}`,
      isHere: other.run_id === task.run_id,
      state: words,
      tone,
    };
  });
}

function clusterRows(
  cluster: ClusterRecord | undefined,
  spec: JsonObject,
  planned: Readonly<Record<string, string>>,
) {
  const sources = cluster === undefined ? planned : valueSources(cluster);
  return [...flattenCluster(spec)]
    .filter(([path]) => !path.startsWith('custom_tags.') && path !== 'cluster_name')
    .map(([path, value]) => ({
      path,
      value: redact(String(redactAttribute(path, value))),
      source: sources[path] ?? 'request',
      sourceTone: sources[path] === 'policy fixed' ? 'fixed' : '',
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function accessRows(db: Database, run: RunRecord) {
  const words = {
    CAN_VIEW: 'may view',
    CAN_MANAGE_RUN: 'may view and cancel',
    IS_OWNER: 'owner',
    CAN_MANAGE: 'may manage',
    CAN_USE: 'may use',
  };
  const rows = grantsOf(db, 'jobs', String(run.job_id)).map((grant) => ({
    principal: grant.principal,
    kind: grant.kind === 'group_name' ? 'group' : 'user',
    may: words[grant.level as keyof typeof words],
  }));
  return [...rows, { principal: ADMINS, kind: 'group', may: words.CAN_MANAGE }];
}

function tagsOf(spec: JsonObject): Record<string, string> {
  const tags = isObject(spec.custom_tags) ? spec.custom_tags : {};
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value ?? '')]));
}
