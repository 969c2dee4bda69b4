import type { ArtifactStore } from '../../../artifacts/store.ts';
import type { Environment } from '../../../config/environment.ts';
import type { JsonObject } from '../../../core/json.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import type { ClusterPolicy } from '../../../databricks/api.ts';
import { evaluatePolicy } from '../../../databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../../databricks/policy/parse-policy.ts';
import type { Run } from '../../../databricks/runs/run.ts';
import { outcomeOf } from '../../../databricks/runs/run-outcome.ts';
import { isSuccess } from '../../../databricks/runs/run-state.ts';
import { endRemoteRun } from '../attempt/end-remote-run.ts';
import type { Workbench } from '../workbench.ts';

/** That it starts shows that clusters of the team read the store; that its word comes back, that logs can be read. */
const SCRIPT = '"""What `hermes doctor --run` runs."""\nimport sys\n\nprint("hermes doctor:", sys.argv[1])\n';
const TIMEOUT_SECONDS = 1800;

/** What is tried: the policy and the store of a team in an environment. */
export interface Probe {
  readonly environment: Environment;
  readonly policy: ClusterPolicy;
  /** Of the script in the store. */
  readonly scriptUrl: string;
  /** No other run has it. */
  readonly word: string;
}

/** How it went; `problem` says what is not well. */
export interface ProbeOutcome {
  readonly run: Run;
  readonly problem?: string;
  readonly advice?: string;
}

/**
 * Puts the script into the store, under a name that holds its hash, unless it is there already.
 * @returns its URL
 * @throws HermesError when these credentials may not write there
 */
export async function placeProbe(store: ArtifactStore, team: string, signal: AbortSignal): Promise<string> {
  const hash = sha256Hex(SCRIPT).slice(0, 12);
  const key = `${team}/hermes-doctor-${hash}.py`;
  if ((await store.read(key, signal)) === undefined) await store.create(key, Buffer.from(SCRIPT), signal);
  return `${store.url}/${key}`;
}

/** The body of `runs/submit`: a job cluster of the team's policy, tagged as every run of Hermes. Pure. */
export function planProbe({ environment, policy, scriptUrl, word }: Probe): JsonObject {
  const { team, name } = environment;
  const tags = { team, project: 'hermes-doctor', dag: 'hermes-doctor', task: 'doctor', environment: name };
  const proposed = {
    policy_id: policy.policyId,
    apply_policy_default_values: true,
    autoscale: { min_workers: 1, max_workers: 2 },
    spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
    custom_tags: { ...tags, 'compaas-service': 'hermes' },
  };
  const { rules } = parsePolicyDefinition(policy.definition);
  return {
    run_name: `hermes doctor ${team} ${name}`,
    tasks: [
      {
        task_key: 'doctor',
        spark_python_task: { python_file: scriptUrl, parameters: [word] },
        new_cluster: rules === undefined ? proposed : evaluatePolicy(proposed, rules).request,
      },
    ],
    access_control_list: [{ group_name: team, permission_level: 'CAN_MANAGE_RUN' }],
    timeout_seconds: TIMEOUT_SECONDS,
    idempotency_token: sha256Hex(`hermes-doctor ${word}`),
    queue: { enabled: true },
  };
}

/**
 * Runs the script and reads its log. Interrupted, it cancels the run.
 * @param onStart Gets the run once it is submitted.
 */
export async function runProbe(
  probe: Probe,
  bench: Pick<Workbench, 'databricks' | 'watcher' | 'clock' | 'signal'>,
  onStart: (run: Run) => void,
): Promise<ProbeOutcome> {
  const { jobs } = bench.databricks;
  const runId = await jobs.submitRun(planProbe(probe), bench.signal);
  try {
    onStart(await jobs.getRun(runId, bench.signal));
    const run = await bench.watcher.watch(runId, { signal: bench.signal });
    const output = jobs.getRunOutput(run.tasks[0]?.runId ?? runId, bench.signal);
    if (isSuccess(run.state)) {
      const { logs } = await output;
      return logs.includes(probe.word) ? { run } : { run, problem: 'it ran, but its log does not say so' };
    }
    const outcome = outcomeOf(run, await output.catch(() => undefined));
    return outcome.succeeded ? { run } : { run, problem: outcome.message, advice: outcome.advice };
  } catch (error) {
    if (bench.signal.aborted) await endRemoteRun(bench, runId, () => undefined);
    throw error;
  }
}
