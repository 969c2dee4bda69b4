/** The exact artifacts that a DAG run uses for one task. Stored with the run, shown to people. */
export interface Pin {
  readonly team: string;
  readonly project: string;
  readonly script: string;
  readonly version: string;
  readonly commit: string;
  /** How the version was asked for: `latest`, `branch` or `version`. */
  readonly via: 'latest' | 'branch' | 'version';
  /** URL of the script, immutable. */
  readonly scriptUrl: string;
  readonly scriptSha256: string;
  /** Absent when the task takes no wheel. */
  readonly wheelUrl?: string;
  readonly wheelSha256?: string;
  readonly wheelVersion?: string;
  /** The wheel of `hermes_runtime` that was published with the version; absent for versions that were published without. */
  readonly runtimeUrl?: string;
  readonly runtimeSha256?: string;
}
