import { ConfigError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { ClusterPolicy } from '../../src/databricks/api.ts';
import type { Databricks } from '../../src/databricks/client.ts';
import { evaluatePolicy } from '../../src/databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../src/databricks/policy/parse-policy.ts';
import type { Run, RunOutput, RunState } from '../../src/databricks/runs/run.ts';

interface FakeRun {
  readonly id: number;
  readonly body: JsonObject;
  readonly file: string;
  polls: number;
  cancelled: boolean;
  /** Epoch milliseconds, counted by the calls: the n-th run that ended did so at n. */
  endedAt?: number;
}

/** A workspace in memory. What a script does is in its name: `raise`, `hang`, else it succeeds after two polls. */
export interface MemoryDatabricks extends Databricks {
  /** Every run that was really started, in order. */
  readonly started: readonly { readonly id: string; readonly body: JsonObject; readonly file: string }[];
  /** Called before each call of the API; a throw is what the caller sees. */
  onCall: (name: string) => void;
}

export function memoryDatabricks(): MemoryDatabricks {
  const runs: FakeRun[] = [];
  const policies: ClusterPolicy[] = [];
  let ends = 0;
  /** Time goes by with the calls that look. */
  const advance = (run: FakeRun): void => {
    run.polls++;
    if (stateOf(run).result !== undefined) run.endedAt ??= ++ends;
  };
  const fake: MemoryDatabricks = {
    host: 'http://127.0.0.1:1',
    onCall: () => undefined,
    get started() {
      return runs.map(({ id, body, file }) => ({ id: String(id), body, file }));
    },
    jobs: {
      submitRun: async (body) => {
        fake.onCall('submitRun');
        const token = body.idempotency_token;
        const known = runs.find((run) => token !== undefined && run.body.idempotency_token === token);
        if (known !== undefined) return String(known.id);
        refuseByPolicy(body, policies);
        runs.push({ id: 1001 + runs.length * 2, body, file: fileOf(body), polls: 0, cancelled: false });
        return String(runs.at(-1)?.id);
      },
      getRun: async (runId) => {
        fake.onCall('getRun');
        const run = find(runs, runId);
        advance(run);
        return describe(run);
      },
      getRunOutput: async (taskRunId): Promise<RunOutput> => {
        fake.onCall('getRunOutput');
        const run = find(runs, String(Number(taskRunId) - 1));
        const error = "KeyError: 'tempMax'";
        const trace = `Traceback (most recent call last):\n  File "monthly-1.0.0.py", line 41, in f\n${error}\n`;
        const raised = run.file.includes('raise') && run.polls > 2;
        return { logs: 'working\n', logsTruncated: false, ...(raised ? { error, errorTrace: trace } : {}) };
      },
      cancelRun: async (runId) => {
        fake.onCall('cancelRun');
        const run = find(runs, runId);
        if (stateOf(run).result !== undefined) return;
        run.cancelled = true;
        run.endedAt = ++ends;
      },
      listRuns: async ({ only, limit = 25, pageToken = '0' }) => {
        fake.onCall('listRuns');
        for (const run of runs) advance(run);
        const hasEnded = (run: FakeRun) => stateOf(run).result !== undefined;
        const fitting = runs.filter((run) => only === undefined || hasEnded(run) === (only === 'completed'));
        const from = Number(pageToken);
        const page = fitting.toSorted(byEnd).slice(from, from + limit);
        const next = from + limit < fitting.length ? { nextPageToken: String(from + limit) } : {};
        return { runs: page.map(describe), ...next };
      },
    },
    policies: {
      getPolicy: async (policyId) => findPolicy(policies, policyId),
      listPolicies: async () => policies,
      createPolicy: async (name, definition) => {
        policies.push({ policyId: `P${policies.length + 1}`, name, definition });
        return `P${policies.length}`;
      },
      editPolicy: async (policy) => {
        policies[policies.indexOf(findPolicy(policies, policy.policyId))] = policy;
      },
      grantPolicyUse: async (policyId) => void findPolicy(policies, policyId),
    },
    identity: {
      me: async () => ({ userName: 'you@localhost', displayName: 'you@localhost', groups: ['admins'] }),
      instanceProfiles: async () => [],
    },
    past: {
      pastRequest: async (runId) => {
        const { idempotency_token: _token, ...body } = find(runs, runId).body;
        return { body, obstacles: [], remarks: [] };
      },
    },
  };
  return fake;
}

function describe(run: FakeRun): Run {
  const state = stateOf(run);
  const job = String(run.id - 1000);
  return {
    runId: String(run.id),
    jobId: job,
    name: String(run.body.run_name ?? ''),
    creator: 'you@localhost',
    state,
    pageUrl: `http://127.0.0.1:1/jobs/${job}/runs/${run.id}`,
    ...(run.endedAt === undefined ? {} : { endedAt: new Date(run.endedAt) }),
    tasks: [{ runId: String(run.id + 1), taskKey: 'task', attempt: 0, state }],
  };
}

/** What is going first, then the latest end. */
function byEnd(a: FakeRun, b: FakeRun): number {
  const at = ({ endedAt = Number.MAX_SAFE_INTEGER }: FakeRun) => endedAt;
  return at(b) - at(a) || b.id - a.id;
}

function stateOf(run: FakeRun): RunState {
  if (run.cancelled) return ended('CANCELED', 'USER_CANCELED', 'CLIENT_ERROR');
  if (run.polls < 2) return { lifeCycle: 'PENDING', message: '' };
  if (run.polls === 2 || run.file.includes('hang')) return { lifeCycle: 'RUNNING', message: '' };
  if (run.file.includes('raise')) return ended('FAILED', 'RUN_EXECUTION_ERROR', 'CLIENT_ERROR');
  return ended('SUCCESS', 'SUCCESS', 'SUCCESS');
}

function ended(result: string, code: string, type: string): RunState {
  return { lifeCycle: 'TERMINATED', result, message: '', termination: { code, type, message: '' } };
}

function taskOf(body: JsonObject): JsonObject {
  return (body.tasks as readonly JsonObject[] | undefined)?.[0] ?? {};
}

function fileOf(body: JsonObject): string {
  return String((taskOf(body).spark_python_task as JsonObject | undefined)?.python_file ?? '');
}

function refuseByPolicy(body: JsonObject, policies: readonly ClusterPolicy[]): void {
  const cluster = taskOf(body).new_cluster as JsonObject | undefined;
  const policy = policies.find(({ policyId }) => policyId === cluster?.policy_id);
  if (policy === undefined || cluster === undefined) return;
  const { rules } = parsePolicyDefinition(policy.definition);
  const [wrong] = rules === undefined ? [] : evaluatePolicy(cluster, rules, { size: 'as asked' }).violations;
  if (rules !== undefined && wrong === undefined) return;
  const reason = wrong === undefined ? 'malformed policy definition' : `${wrong.path} ${wrong.rule}`;
  throw new ConfigError(`Validation failed for ${reason}`, { code: 'HERMES_POLICY_REFUSED' });
}

function find(runs: readonly FakeRun[], runId: string): FakeRun {
  const run = runs.find(({ id }) => String(id) === runId);
  if (run !== undefined) return run;
  throw new ConfigError(`Cannot read run ${runId}`, { code: 'HERMES_DATABRICKS_NOT_FOUND' });
}

function findPolicy(policies: readonly ClusterPolicy[], policyId: string): ClusterPolicy {
  const policy = policies.find((each) => each.policyId === policyId);
  if (policy !== undefined) return policy;
  throw new ConfigError(`Cannot read policy ${policyId}`, { code: 'HERMES_DATABRICKS_NOT_FOUND' });
}
