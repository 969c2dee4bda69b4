import type { BuildIndex } from '../compile/build-index.ts';
import type { BuildFiles } from '../compile/plan-build.ts';
import type { DeployRecord } from './deploy-record.ts';

/** What a team's repository has deployed to a place. */
export interface CurrentDeploy {
  readonly record: DeployRecord;
  readonly index: BuildIndex;
  /**
   * `whole`: Airflow reads what the record says. `writing`: another deploy is at work, or died at it. `edited`: somebody
   * changed files since.
   */
  readonly state: 'whole' | 'writing' | 'edited';
}

/** What a deploy finds before it decides anything. */
export interface Standing {
  /** Absent when the team never deployed there. */
  readonly current?: CurrentDeploy;
  /** DAG ids of other teams, each with the team that deployed it. */
  readonly taken: ReadonlyMap<string, string>;
  /** Differs whenever the team's part changes: {@link DeployHome.apply} compares by it. */
  readonly version: string;
}

/** Files on their way to where Airflow reads them. */
export interface NewDeploy {
  readonly record: DeployRecord;
  readonly files: BuildFiles;
}

/** `overtaken`: another deploy of the team came first, and nothing of this one was written. */
export type DeployOutcome = 'deployed' | 'overtaken';

/**
 * A place from which Airflow reads DAGs, with the history of what was deployed there. Homes: a folder or a bucket
 * (`store-home.ts`), and a branch of a git repository (`git-home.ts`).
 */
export interface DeployHome {
  /** As the configuration names it. */
  readonly url: string;
  read(team: string, signal?: AbortSignal): Promise<Standing>;
  /** The last deploys that were completed, the newest first; at most so many. */
  history(team: string, limit: number, signal?: AbortSignal): Promise<readonly DeployRecord[]>;
  /** @throws RemoteError (`HERMES_DEPLOY_DAMAGED`) when they are not what was deployed */
  files(team: string, record: DeployRecord, signal?: AbortSignal): Promise<BuildFiles>;
  /**
   * Puts files where Airflow reads them. Whoever reads meanwhile finds DAGs that load; a crash anywhere is completed by
   * the next deploy.
   * @param seen What {@link read} answered
   */
  apply(team: string, deploy: NewDeploy, seen: Standing, signal?: AbortSignal): Promise<DeployOutcome>;
}
