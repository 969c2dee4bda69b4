import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pMap from 'p-map';
import type { Git } from '../../../ci/git.ts';
import { findProjects } from '../../../ci/projects.ts';
import type { RemoteBranches } from '../../../ci/remote-branches.ts';
import { operators } from '../../../operators/registry.ts';
import { type Inventory, takeInventory } from '../../artifacts/inventory.ts';
import { manifestKey, pointerKey } from '../../artifacts/keys.ts';
import type { GcFacts, Named, Pinned } from '../../artifacts/plan-gc.ts';
import { readManifest, readPointer, unlessDamaged } from '../../artifacts/record.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { ConfigError } from '../../core/errors.ts';
import { shownPath } from '../../core/nearest-file.ts';
import { ProblemsError } from '../../core/problems.ts';
import { loadDags } from '../../dag/load-dags.ts';
import { openRunStore } from '../../engines/local/record/run-store.ts';
import type { Cli } from '../cli.ts';
import type { TeamStore } from './team-store.ts';

const CONCURRENCY = 16;

/** Facts for a plan, and what was left out of it. */
export interface GatheredFacts {
  readonly facts: GcFacts;
  /** Projects with builds of branches that are no projects of this repository. */
  readonly foreign: readonly string[];
}

export interface GcQuestion {
  readonly git: Git;
  readonly branches: RemoteBranches;
  readonly graceDays: number;
  /** Folders with DAG files, beside `dags` of the repository. */
  readonly dags: readonly string[];
}

/**
 * Gathers what decides about feature builds: the store, the branches, the DAG files, the DAG runs of this home.
 * @throws ProblemsError or ConfigError when a DAG file or a record of a run cannot be read, since it might name a build
 */
export async function gatherGcFacts(
  cli: Cli,
  { store, team }: TeamStore,
  { git, branches, graceDays, dags }: GcQuestion,
): Promise<GatheredFacts> {
  const [own, all, named, pinned] = await Promise.all([
    findProjects(git),
    takeInventory(store, `${team}/`, cli.signal),
    readNamed(cli, git, dags),
    readPinned(cli),
  ]);
  const names = new Set(own.map(({ name }) => name));
  const inventories = all.filter(({ project }) => names.has(project)).map(featuresOnly);
  const foreign = all.filter(({ project, builds }) => !names.has(project) && builds.some(isFeature));
  const { refs, heads } = await readRecords(store, inventories, cli.signal);
  const facts = { inventories, refs, heads, liveRefs: branches.refs, pinned, named, graceDays };
  return {
    facts: { store: store.url, now: cli.clock.now(), ...facts },
    foreign: foreign.map(({ project }) => project),
  };
}

function featuresOnly({ project, builds, pointers }: Inventory): Inventory {
  return {
    project,
    builds: builds.filter(isFeature),
    pointers: pointers.filter(({ branch }) => branch !== undefined),
  };
}

function isFeature({ name }: Inventory['builds'][number]): boolean {
  return name.branch !== undefined;
}

async function readRecords(
  store: ArtifactStore,
  inventories: readonly Inventory[],
  signal: AbortSignal,
): Promise<Pick<GcFacts, 'refs' | 'heads'>> {
  const options = { concurrency: CONCURRENCY, signal };
  const manifests = inventories.flatMap(({ builds }) =>
    builds.filter(({ isPublished }) => isPublished).map(({ name }) => manifestKey(name)),
  );
  const pointers = inventories.flatMap((inventory) => inventory.pointers.map(pointerKey));
  // The key of a damaged record still tells its branch.
  const refs = await pMap(
    manifests,
    async (key) =>
      [key, (await unlessDamaged(readManifest(store, key, signal), undefined))?.value.ref ?? ''] as const,
    options,
  );
  const heads = await pMap(
    pointers,
    async (key) =>
      [key, (await unlessDamaged(readPointer(store, key, signal), undefined))?.value.version ?? ''] as const,
    options,
  );
  const known = ([, text]: readonly [string, string]): boolean => text !== '';
  return { refs: new Map(refs.filter(known)), heads: new Map(heads.filter(known)) };
}

async function readNamed(cli: Cli, git: Git, folders: readonly string[]): Promise<Named[]> {
  const own = join(git.root, 'dags');
  const paths = [...(existsSync(own) ? [own] : []), ...folders];
  const { dags, problems } = await loadDags(paths, { operators, cwd: cli.cwd });
  if (problems.length > 0) {
    cli.note('Nothing is deleted: what these DAG files name cannot be told.');
    throw new ProblemsError(problems);
  }
  return dags.flatMap(({ dag, shownFile }) =>
    dag
      .plans()
      .flatMap(({ taskId, artifacts }) =>
        artifacts === undefined ? [] : [{ artifacts, by: `${shownFile} (task ${taskId})` }],
      ),
  );
}

async function readPinned(cli: Cli): Promise<Pinned[]> {
  const unreadable: string[] = [];
  const records = await openRunStore(cli.home.dagRuns).list((path) => unreadable.push(path));
  if (unreadable.length > 0) {
    throw new ConfigError('Cannot tell what DAG runs use: some records of theirs cannot be read', {
      code: 'HERMES_RUN_RECORDS',
      facts: { files: unreadable.map((path) => shownPath(path, cli.cwd)).join(', ') },
      nextStep: 'Nothing is deleted. Remove these files if their runs are of no use any more.',
    });
  }
  return records.flatMap(({ dagId, runId, tasks }) =>
    tasks.flatMap(({ pin }) =>
      [pin?.scriptUrl, pin?.wheelUrl]
        .filter((url) => url !== undefined)
        .map((url) => ({ url, by: `DAG run ${dagId}/${runId}` })),
    ),
  );
}
