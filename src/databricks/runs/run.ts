/** How a run or a task run ended, or how far it is. Texts are those of the Jobs API; unknown ones may appear. */
export interface RunState {
  /** `QUEUED`, `PENDING`, `RUNNING`, `TERMINATING`, `TERMINATED`, `SKIPPED`, `INTERNAL_ERROR`, … */
  readonly lifeCycle: string;
  /** Only of an ended run: `SUCCESS`, `FAILED`, `TIMEDOUT`, `CANCELED`, … */
  readonly result?: string;
  readonly message: string;
  /** Newer detail of how it ended; `type` says whose fault it is. */
  readonly termination?: { readonly code: string; readonly type: string; readonly message: string };
}

/** One task of a run: a run of its own, whose output can be read. */
export interface TaskRun {
  readonly runId: string;
  readonly taskKey: string;
  readonly attempt: number;
  readonly state: RunState;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly durations?: RunDurations;
  /** Absent until the cluster is requested. */
  readonly clusterId?: string;
  /** Absent until the cluster's Spark context runs. */
  readonly sparkContextId?: string;
}

/** How long the parts of a run took, in milliseconds; absent while not known. */
export interface RunDurations {
  /** Waiting for a place among the runs that the workspace allows. */
  readonly queueMs?: number;
  /** Until the cluster and its libraries were ready. */
  readonly setupMs?: number;
  readonly executionMs?: number;
  readonly cleanupMs?: number;
  /** From start to end. */
  readonly wholeMs?: number;
}

/** A run as `runs/get` tells it. Ids are int64, hence texts. */
export interface Run {
  readonly runId: string;
  readonly jobId: string;
  readonly name: string;
  readonly creator: string;
  readonly state: RunState;
  /** The page that a person opens. */
  readonly pageUrl: string;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly durations?: RunDurations;
  /** The highest attempt of each task; none in a list that was asked for without them. */
  readonly tasks: readonly TaskRun[];
}

/** What a task run left behind. */
export interface RunOutput {
  /** Last line of the traceback, when the code raised. */
  readonly error?: string;
  readonly errorTrace?: string;
  /** stdout and stderr of the driver, at most the last 5 MB. */
  readonly logs: string;
  readonly logsTruncated: boolean;
}

/** Which runs `runs/list` answers with. */
export interface RunQuery {
  /** Runs that are going, or runs that have ended. @defaultValue both */
  readonly only?: 'active' | 'completed';
  /** Their tasks as well; a run with so many that they need pages of their own comes without. @defaultValue false */
  readonly withTasks?: boolean;
  /** Runs on the page, 1 to 25. @defaultValue 25 */
  readonly limit?: number;
  /** Of the page before. */
  readonly pageToken?: string;
}

/**
 * A page of runs: the latest end first; what is going counts by its start
 * (https://docs.databricks.com/api/workspace/jobs/listruns). Pages shift while runs start and end.
 */
export interface RunPage {
  readonly runs: readonly Run[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}
