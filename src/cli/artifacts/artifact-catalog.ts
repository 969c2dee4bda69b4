import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { listTeam, listVersions, type PublishedVersion } from '../../artifacts/catalog.ts';
import { folderStore } from '../../artifacts/folder-store.ts';
import { readHistory } from '../../artifacts/history.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import type { Home } from '../../config/home.ts';
import type {
  ArtifactCatalog,
  ProjectSummary,
  VersionRecord,
} from '../../workspace/pages/artifact-catalog.ts';

const HISTORY_SHOWN = 50;
/** A name that can be part of a key. */
const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;

/** The artifacts of the embedded environments of a home, for the pages of its workspace. */
export function artifactCatalog(home: Home): ArtifactCatalog {
  const stores = async (): Promise<{ environment: string; store: ArtifactStore }[]> =>
    (await namesIn(home.artifacts('.'))).map((environment) => ({
      environment,
      store: folderStore(home.artifacts(environment)),
    }));
  return {
    teams: async () => {
      const environments = await namesIn(home.artifacts('.'));
      const teams = await Promise.all(environments.map((name) => namesIn(home.artifacts(name))));
      return [...new Set(teams.flat())].sort();
    },
    projects: async (team, signal) => {
      if (!NAME.test(team)) return [];
      const byEnvironment = await Promise.all(
        (await stores()).map(async ({ environment, store }) => ({
          environment,
          projects: await listTeam(store, team, signal),
        })),
      );
      const names = new Set(byEnvironment.flatMap(({ projects }) => [...projects.keys()]));
      return [...names].sort().map((project) => summaryOf(project, byEnvironment));
    },
    project: async (team, project, signal) => {
      if (!NAME.test(team) || !NAME.test(project)) return undefined;
      const environments = await Promise.all(
        (await stores()).map(async ({ environment, store }) => ({
          environment,
          versions: (await listVersions(store, team, project, signal)).map(versionOf),
          history: (await readHistory(store, { team, project }, HISTORY_SHOWN, signal)).entries.map(
            ({ pointer }) => pointer,
          ),
        })),
      );
      const published = environments.filter(({ versions }) => versions.length > 0);
      return published.length === 0 ? undefined : { environments: published };
    },
  };
}

type TeamInEnvironment = {
  readonly environment: string;
  readonly projects: ReadonlyMap<string, readonly PublishedVersion[]>;
};

function summaryOf(project: string, all: readonly TeamInEnvironment[]): ProjectSummary {
  const known = all.flatMap(({ environment, projects }) => {
    const versions = projects.get(project);
    return versions === undefined ? [] : [{ environment, versions }];
  });
  const times = known.flatMap(({ versions }) => versions.map(({ manifest }) => manifest.built_at));
  return {
    project,
    builtAt: times.sort().at(-1) ?? '',
    environments: known.map(({ environment, versions }) => {
      const latest = versions.find((version) => version.isLatest)?.manifest.version;
      const releases = versions.filter(({ branch }) => branch === undefined).length;
      const branches = new Set(versions.flatMap(({ branch }) => branch ?? [])).size;
      return { environment, releases, branches, ...(latest === undefined ? {} : { latest }) };
    }),
  };
}

function versionOf({ manifest, branch, isLatest, isBranchHead }: PublishedVersion): VersionRecord {
  return {
    version: manifest.version,
    commit: manifest.commit,
    builtAt: manifest.built_at,
    ...(manifest.author === undefined ? {} : { author: manifest.author }),
    ...(branch === undefined ? {} : { branch }),
    isLatest,
    isBranchHead,
    files: manifest.files.map(({ key, sha256, bytes }) => ({ name: basename(key), sha256, bytes })),
  };
}

/** Folders with the names of teams or environments; none when there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && NAME.test(entry.name)).map(({ name }) => name);
}
