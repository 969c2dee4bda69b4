import type { JsonObject } from '../../core/json.ts';
import { printable, printableLine } from '../../core/printable.ts';
import { clusterById, effectiveSpec } from '../compute/clusters.ts';
import { isRuntimeModule } from '../compute/runtime-module.ts';
import { maySeeLog } from '../identity/access.ts';
import { isAllowed } from '../identity/permissions.ts';
import type { Identity } from '../identity/users.ts';
import { isTerminal } from '../jobs/run-state.ts';
import { artifactsOf, type RunRecord, requestOf, type TaskRecord } from '../jobs/runs.ts';
import type { Database } from '../state/database.ts';
import { isObject } from '../wire/fields.ts';
import { accessRows } from './access-rows.ts';
import { siblingsOf, triesOf, wholeOf } from './attempt-facts.ts';
import { clusterFacts } from './cluster-facts.ts';
import { cleanLog } from './log-text.ts';
import { dagRunUrl, dagUrl } from './page-urls.ts';
import type { LabelledRun } from './run-search.ts';
import { queuedSince, timelineOf } from './timeline.ts';
import { parseTraceback } from './traceback.ts';
import { durationWords, stateWords, timeWords } from './words.ts';
import { workFacts } from './work-facts.ts';

/** The name of a run that nobody gave one. */
const UNTITLED = 'Untitled';

/** Everything that the run page says about one task run, ready for its template; the log aside. `now` (epoch milliseconds) ends the duration of what is still going. */
export function runFacts(db: Database, run: RunRecord, task: TaskRecord, who: Identity, now: number) {
  const cluster = task.cluster_id === null ? undefined : clusterById(db, task.cluster_id);
  const planned = requestOf(task).evaluated;
  const spec = cluster === undefined ? planned.spec : effectiveSpec(cluster);
  const tags = tagsOf(spec);
  const failure = failureOf(task);
  const siblings = siblingsOf(db, run, task);
  const here = siblings.find((attempt) => attempt.isHere);
  const work = workFacts(task, spec);
  const mayManage = isAllowed(db, who, 'jobs', String(run.job_id), 'CAN_MANAGE_RUN');
  return {
    ...titles(db, run, task, { tagged: tags.task, work: work.work.name }),
    ...headline(run, task, tags, now),
    isOver: isTerminal(task.life),
    isLive: run.ended === null,
    ...(failure === undefined ? {} : { failure }),
    timeline: timelineOf(run, task, now),
    siblings,
    ...(here?.isRetried === true ? { tried: here.attempt } : {}),
    tries: triesOf(db, run as LabelledRun, who),
    ...work,
    ...clusterFacts(db, cluster, spec, planned.sources, now),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    access: accessRows(db, run.job_id),
    mayCancel: run.ended === null && run.intent === null && mayManage,
    mayRunAgain: run.ended !== null && mayManage,
    maySeeLog: maySeeLog(db, run, task, who),
  };
}

/** What the page is called. The only task of a run goes by its tag, or by the run: tools call every such task `main`. */
function titles(
  db: Database,
  run: RunRecord,
  task: TaskRecord,
  { tagged, work }: { readonly tagged: string | undefined; readonly work: string },
) {
  const runName = printableLine(run.name);
  const whole = wholeOf(db, run);
  const ownName = run.name === UNTITLED ? work : runName;
  const name = tagged ?? (whole === undefined ? ownName : task.task_key);
  const state = stateOfTask(run, task);
  return {
    ...(whole === undefined ? {} : { whole }),
    task: name,
    taskKey: task.task_key,
    runName,
    title: whole === undefined ? `${state.words} · ${name}` : `${whole.words} · ${runName} · ${name}`,
  };
}

function stateOfTask(run: RunRecord, task: TaskRecord) {
  return stateWords(task.life, task.result, run.intent === 'cancel' ? run.intent_by : null);
}

function headline(run: RunRecord, task: TaskRecord, tags: Readonly<Record<string, string>>, now: number) {
  const { words, tone } = stateOfTask(run, task);
  const from = task.pending_at ?? queuedSince(run, task);
  return {
    runId: String(run.run_id),
    taskRunId: String(task.run_id),
    jobId: String(run.job_id),
    isOfJob: run.trigger_kind !== null,
    state: words,
    tone,
    ...(from === null ? {} : { duration: durationWords((task.ended_at ?? now) - from) }),
    submitted: timeWords(run.submitted),
    creator: printableLine(run.creator),
    ...dagLinks(run as LabelledRun),
    team: tags.team,
    project: tags.project,
    version: tags.version,
    commit: tags.commit?.slice(0, 7),
    environment: tags.environment,
    isProduction: tags.environment === 'prod',
  };
}

function dagLinks({ tag_dag: dag, tag_dag_run: dagRun, tag_environment: environment }: LabelledRun) {
  if (dag === null) return {};
  const links = { dag: printableLine(dag), dagUrl: dagUrl(dag) };
  if (dagRun === null) return links;
  return { ...links, dagRun: printableLine(dagRun), dagRunUrl: dagRunUrl(dag, dagRun, environment) };
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

function tagsOf(spec: JsonObject): Record<string, string> {
  const tags = isObject(spec.custom_tags) ? spec.custom_tags : {};
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [printableLine(key), printable(String(value ?? ''))]),
  );
}
