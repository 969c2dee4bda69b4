/** Who can do something about a run that failed. */
export type Actor = 'user' | 'platform';

/** Why a run did not succeed. A few words, fit for a tag of a metric. */
export type Cause =
  /** The script raised, or its process ended without success. */
  | 'user_code'
  /** A package that the project needs could not be installed. */
  | 'library'
  /** The cluster did not come up: an init script, a setting. */
  | 'cluster_start'
  /** The cloud gave no machine, or took it away. */
  | 'cloud'
  /** A limit of the workspace or of the account was reached. */
  | 'quota'
  /** The run, or its cluster, may not do what it needs. */
  | 'permission'
  /** What was asked for cannot be run. */
  | 'request'
  | 'canceled'
  | 'timed_out'
  /** It did not run: another run, or a task before it, stood in the way. */
  | 'skipped'
  /** A fault of Databricks itself. */
  | 'databricks'
  | 'unknown';

export const actors: Readonly<Record<Cause, Actor>> = {
  user_code: 'user',
  library: 'user',
  cluster_start: 'platform',
  cloud: 'platform',
  quota: 'platform',
  permission: 'platform',
  request: 'user',
  canceled: 'user',
  timed_out: 'user',
  skipped: 'user',
  databricks: 'platform',
  unknown: 'platform',
};

/** For each cause one sentence: who has to act, and what to do. */
export const advices: Readonly<Record<Cause, string>> = {
  user_code: 'Your script raised it.',
  library:
    'The packages that your project needs cannot be installed: see dependencies in its pyproject.toml.',
  cluster_start:
    'The cluster did not start, which is no fault of the script: the platform team has to look at it.',
  cloud:
    'The cloud had no machine to give, or took it away: run it again; the platform team can choose other machines.',
  quota: 'A limit of the workspace was reached: run it again later, or ask the platform team to raise it.',
  permission: 'Access is missing, which is no fault of the script: the platform team has to grant it.',
  request: 'What was asked for cannot be run: correct the task.',
  canceled: 'Someone cancelled it.',
  timed_out: 'It ran longer than it may: make it faster, or raise its time limit.',
  skipped: 'It did not run, because of another run or of a task before it: look at that one.',
  databricks:
    'Databricks failed, which is no fault of the script: run it again; the platform team can ask support.',
  unknown: 'Nothing says who is at fault: see its page, then ask the platform team.',
};

// https://docs.databricks.com/api/workspace/jobs/getrun (status.termination_details.code)
const codes: Readonly<Record<string, Cause>> = {
  RUN_EXECUTION_ERROR: 'user_code',
  SUCCESS_WITH_FAILURES: 'user_code',
  LIBRARY_INSTALLATION_ERROR: 'library',
  CLUSTER_ERROR: 'cluster_start',
  CLOUD_FAILURE: 'cloud',
  WORKSPACE_RUN_LIMIT_EXCEEDED: 'quota',
  CLUSTER_REQUEST_LIMIT_EXCEEDED: 'quota',
  MAX_CONCURRENT_RUNS_EXCEEDED: 'quota',
  MAX_SPARK_CONTEXTS_EXCEEDED: 'quota',
  MAX_JOB_QUEUE_SIZE_EXCEEDED: 'quota',
  BUDGET_POLICY_LIMIT_EXCEEDED: 'quota',
  UNAUTHORIZED_ERROR: 'permission',
  STORAGE_ACCESS_ERROR: 'permission',
  FEATURE_DISABLED: 'permission',
  INVALID_CLUSTER_REQUEST: 'request',
  INVALID_RUN_CONFIGURATION: 'request',
  RESOURCE_NOT_FOUND: 'request',
  REPOSITORY_CHECKOUT_FAILED: 'request',
  USER_CANCELED: 'canceled',
  CANCELED: 'canceled',
  CLUSTER_TERMINATED_BY_USER: 'canceled',
  SKIPPED: 'skipped',
  DISABLED: 'skipped',
  INTERNAL_ERROR: 'databricks',
  DRIVER_ERROR: 'databricks',
  BREAKING_CHANGE: 'databricks',
};

/** Undefined for a code that is not documented. */
export function causeOfCode(code: string): Cause | undefined {
  return Object.hasOwn(codes, code) ? codes[code] : undefined;
}

// result_state; FAILED and SUCCESS_WITH_FAILURES do not say why.
const results: Readonly<Record<string, Cause>> = {
  TIMEDOUT: 'timed_out',
  CANCELED: 'canceled',
  MAXIMUM_CONCURRENT_RUNS_REACHED: 'quota',
  EXCLUDED: 'skipped',
  UPSTREAM_FAILED: 'skipped',
  UPSTREAM_CANCELED: 'skipped',
  DISABLED: 'skipped',
};

/** Undefined for a result that does not say why. */
export function causeOfResult(result: string | undefined): Cause | undefined {
  return result !== undefined && Object.hasOwn(results, result) ? results[result] : undefined;
}

// What the workspace itself writes about clusters and libraries. Captured texts are in the fixtures of
// https://github.com/databricks/cli (libs/testserver), https://github.com/flyteorg/flytekit and
// https://github.com/apache/airflow (providers/databricks); reasons of clusters are those of
// https://docs.databricks.com/api/workspace/clusters/get (termination_reason.code).
const texts: readonly (readonly [RegExp, Cause])[] = [
  [/Library installation failed|LIBRARY_INSTALLATION_FAILURE|NO_MATCHING_DISTRIBUTION/, 'library'],
  [/The library file does not exist|Could not find a version that satisfies/, 'library'],
  [/INSUFFICIENT_INSTANCE_CAPACITY|InsufficientInstanceCapacity|CLOUD_PROVIDER_/, 'cloud'],
  [/SPOT_INSTANCE_TERMINATION|spot instance.*(terminated|reclaimed|lost)/i, 'cloud'],
  [/INSTANCE_PROFILE|UnauthorizedOperation|AccessDenied|not authorized/, 'permission'],
  [/QUOTA|InstanceLimitExceeded|VcpuLimitExceeded|limit exceeded/i, 'quota'],
  [/DRIVER_OUT_OF_MEMORY|driver.*out of memory|OutOfMemoryError/i, 'user_code'],
  [/INIT_SCRIPT|init script/i, 'cluster_start'],
  [/Unexpected failure while waiting for the cluster|Cluster \S+ could not start/, 'cluster_start'],
  [/Cluster validation error|Validation failed for/, 'request'],
  [/Workload failed, see run output/, 'user_code'],
  [/^Run cancelled/, 'canceled'],
  [/^(Run|Task \S+) timed out/, 'timed_out'],
];

/** Undefined for a text that is not known. */
export function causeOfText(message: string): Cause | undefined {
  return texts.find(([shape]) => shape.test(message))?.[1];
}
