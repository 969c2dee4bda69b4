import { ConfigError } from '../../../core/errors.ts';
import { hermesVersion } from '../../../core/package-root.ts';
import { BUILD_INDEX, type BuildIndex, parseBuildIndex } from '../compile/build-index.ts';
import type { BuildFiles } from '../compile/plan-build.ts';
import type { NewDeploy, Standing } from './deploy-home.ts';
import { type DeployRecord, hashBuild } from './deploy-record.ts';

/** How a commit stands to the newest one that was deployed; `apart`: neither contains the other; `unknown`: cannot be told. */
export type CommitOrder = 'newer' | 'same' | 'older' | 'apart' | 'unknown';

/** A build that wants to be deployed, and what is known of it. */
export interface DeployRequest {
  readonly team: string;
  readonly files: BuildFiles;
  readonly note: Pick<DeployRecord, 'at' | 'by' | 'run' | 'commit' | 'edited' | 'repository' | 'root'>;
  /** Where the commit stands to `newest` of what is deployed. */
  readonly order: CommitOrder;
  /** Deploys also an older commit, one that was rolled back, or another repository of the team. */
  readonly force?: boolean;
  /** Deploys also a build without any DAG over one that has some. */
  readonly allowEmpty?: boolean;
  /** Options by which a command finds the same place, for next steps: ` --env prod`. */
  readonly where?: string;
}

/** DAG ids by what becomes of them. */
interface DagChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** What a deploy would do. */
export interface DeployPlan {
  /** `nothing`: it stands already. `finish`: what a deploy of the same build left undone, or somebody edited. */
  readonly kind: 'deploy' | 'finish' | 'nothing';
  readonly deploy: NewDeploy;
  readonly dags: DagChanges;
}

/**
 * Decides what a build does to what stands. Pure.
 * @throws ConfigError for DAG ids of another team, for an older or rolled back commit, for another repository of the
 *   team, and for a build that would leave no DAG
 */
export function planDeploy(request: DeployRequest, standing: Standing): DeployPlan {
  const index = readIndex(request.files);
  const { current } = standing;
  const dags = compareDags(current?.index, index);
  refuseTaken(index, standing, request.team);
  const hashes = hashBuild(request.files);
  if (current !== undefined && current.record.build === hashes.build) {
    const kind = current.state === 'whole' ? 'nothing' : 'finish';
    return { kind, dags, deploy: { record: current.record, files: request.files } };
  }
  if (request.force !== true) {
    refuseOtherRepository(request, current?.record);
    refuseRolledBack(request, hashes.build, current?.record);
    refuseOlder(request, current?.record);
  }
  if (request.allowEmpty !== true) refuseEmpty(index, dags);
  const newest = newestAfter(request, current?.record);
  const record: DeployRecord = {
    number: (current?.record.number ?? 0) + 1,
    ...hashes,
    ...countDags(index, dags),
    ...request.note,
    builder: hermesVersion,
    ...(newest === undefined ? {} : { newest }),
  };
  return { kind: 'deploy', dags, deploy: { record, files: request.files } };
}

/** Decides what putting back an earlier deploy does. Pure. @throws ConfigError for DAG ids that another team took since */
export function planRestore(
  team: string,
  earlier: NewDeploy,
  note: Pick<DeployRecord, 'at' | 'by' | 'run' | 'reason'>,
  standing: Standing,
): DeployPlan {
  const index = readIndex(earlier.files);
  const { current } = standing;
  const dags = compareDags(current?.index, index);
  refuseTaken(index, standing, team);
  const { build, files, commit, edited, repository, root, builder, number, restores } = earlier.record;
  if (current?.record.build === build && current.state === 'whole')
    return { kind: 'nothing', dags, deploy: { record: current.record, files: earlier.files } };
  const newest = current?.record.newest;
  const left = leftAfter(earlier.record, current?.record);
  const record: DeployRecord = {
    number: (current?.record.number ?? 0) + 1,
    build,
    files,
    ...countDags(index, dags),
    ...note,
    ...(commit === undefined ? {} : { commit }),
    ...(edited === undefined ? {} : { edited }),
    ...(repository === undefined ? {} : { repository }),
    ...(root === undefined ? {} : { root }),
    builder,
    restores: restores ?? number,
    ...(left.length === 0 ? {} : { left }),
    ...(newest === undefined ? {} : { newest }),
  };
  return { kind: 'deploy', dags, deploy: { record, files: earlier.files } };
}

/** Going back leaves the build that stood. One that is put back again was not so bad. */
function leftAfter(earlier: DeployRecord, current: DeployRecord | undefined): string[] {
  const isBack = current !== undefined && standsSince(earlier) < standsSince(current);
  const left = [...(current?.left ?? []), ...(isBack ? [current.build] : [])];
  return [...new Set(left)].filter((build) => build !== earlier.build);
}

/** Number of the deploy that brought the DAGs: a rollback brings those of an earlier one. */
export function standsSince({ restores, number }: DeployRecord): number {
  return restores ?? number;
}

/** The index among the files of a build. */
export function readIndex(files: BuildFiles): BuildIndex {
  return parseBuildIndex(files.get(BUILD_INDEX) ?? '', BUILD_INDEX);
}

function countDags(index: BuildIndex, { added, changed, removed }: DagChanges) {
  const dags = Object.keys(index.dags).length;
  return { dags, added: added.length, changed: changed.length, removed: removed.length };
}

function compareDags(before: BuildIndex | undefined, after: BuildIndex): DagChanges {
  const old = new Map(Object.entries(before?.dags ?? {}));
  const ids = Object.keys(after.dags);
  const isSame = (id: string): boolean => old.get(id)?.sha256 === after.dags[id]?.sha256;
  return {
    added: ids.filter((id) => !old.has(id)),
    changed: ids.filter((id) => old.has(id) && !isSame(id)),
    removed: [...old.keys()].filter((id) => !Object.hasOwn(after.dags, id)),
    unchanged: ids.filter((id) => old.has(id) && isSame(id)),
  };
}

/** The newest commit stays the newest when an older one is forced over it. */
function newestAfter({ note, order }: DeployRequest, before: DeployRecord | undefined): string | undefined {
  return order === 'older' ? before?.newest : (note.commit ?? before?.newest);
}

/** @throws ConfigError (`HERMES_DAG_ID_TAKEN`) naming the team that has them: Airflow knows one DAG of an id */
export function refuseTaken(index: BuildIndex, { taken }: Pick<Standing, 'taken'>, team: string): void {
  const clashes = Object.keys(index.dags).filter((id) => taken.has(id));
  const [first] = clashes;
  if (first === undefined) return;
  const named = clashes.slice(0, 5).map((id) => `${id} (team ${taken.get(id)})`);
  const more = clashes.length > 5 ? ` and ${clashes.length - 5} more` : '';
  throw new ConfigError(
    `Cannot deploy for team ${team}: other teams have deployed DAGs of these ids: ${named.join(', ')}${more}.`,
    {
      code: 'HERMES_DAG_ID_TAKEN',
      nextStep: `Give yours an id of its own, for example ${team}_${first}. Nothing was deployed.`,
    },
  );
}

/** By its name where both have one, else by its first commit: a folder has another path on every machine. */
function refuseOtherRepository({ note, team }: DeployRequest, current: DeployRecord | undefined): void {
  if (current === undefined) return;
  const isNamed = current.repository !== undefined && note.repository !== undefined;
  const [before, own] = isNamed ? [current.repository, note.repository] : [current.root, note.root];
  if (before === undefined || own === undefined || before === own) return;
  const begins = (root: string): string => `that begins with commit ${root.slice(0, 7)}`;
  const [theirs, ours] = isNamed ? [before, own] : [`the repository ${begins(before)}`, `one ${begins(own)}`];
  throw new ConfigError(
    `Cannot deploy for team ${team}: its DAGs there come from ${theirs}, and this is ${ours}.`,
    {
      code: 'HERMES_DEPLOY_REPOSITORY',
      nextStep:
        'A deploy replaces all DAGs of the team. If the repository has moved, deploy once with --force; a second repository of a team needs a place of its own (airflow in hermes.yaml).',
    },
  );
}

/** By its files as well as by its commit: a later commit may have changed something else. */
function refuseRolledBack(
  { note, order }: DeployRequest,
  build: string,
  current: DeployRecord | undefined,
): void {
  if (current?.restores === undefined) return;
  // By hand one may deploy what was mended on top of it before it is committed.
  const isMended = note.edited === true && note.run === undefined;
  const isLeft = current.left?.includes(build) === true;
  if (!isLeft && (order !== 'same' || isMended)) return;
  const what = note.commit === undefined ? 'this build' : `commit ${note.commit.slice(0, 7)}`;
  const was = order !== 'same' && note.commit !== undefined ? 'has the DAGs of a deploy that was' : 'was';
  const why = current.reason === undefined ? '' : ` (${current.reason})`;
  throw new ConfigError(
    `Cannot deploy ${what}: it ${was} rolled back to deploy ${current.restores} by ${current.by}${why}.`,
    {
      code: 'HERMES_DEPLOY_ROLLED_BACK',
      nextStep:
        'Merge a commit that changes the DAGs; it is deployed as usual. To deploy this one again, add --force.',
    },
  );
}

function refuseOlder({ note, order, where = '' }: DeployRequest, current: DeployRecord | undefined): void {
  if (current?.newest === undefined || note.commit === undefined || order !== 'older') return;
  throw new ConfigError(
    `Cannot deploy commit ${note.commit.slice(0, 7)}: it is older than ${current.newest.slice(0, 7)}, which was deployed before.`,
    {
      code: 'HERMES_DEPLOY_OLDER',
      nextStep: `To go back, use: hermes airflow rollback${where} --reason "…". To deploy this commit nevertheless, add --force.`,
    },
  );
}

function refuseEmpty(index: BuildIndex, { removed }: DagChanges): void {
  if (Object.keys(index.dags).length > 0 || removed.length === 0) return;
  throw new ConfigError(
    `Cannot deploy: the build has no DAG, so ${removed.length === 1 ? 'the only one' : `all ${removed.length}`} of the team would disappear.`,
    {
      code: 'HERMES_DEPLOY_EMPTY',
      nextStep: 'If that is meant, add --allow-empty. Nothing was deployed.',
    },
  );
}
