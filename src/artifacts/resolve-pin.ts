import type { ArtifactRequest } from '../core/artifact-request.ts';
import { ConfigError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { listProjects, listVersions } from './catalog.ts';
import {
  type FoundVersion,
  findVersion,
  isFeatureWish,
  parseVersionWish,
  type VersionWish,
} from './find-version.ts';
import type { ManifestFile } from './manifest.ts';
import type { Pin } from './pin.ts';
import type { ArtifactStore } from './store.ts';

export interface ResolveOptions {
  /** True refuses feature builds. */
  readonly production: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Fixes what a task will run: follows the pointer once and answers immutable URLs.
 * Dashes and underscores in script names are one: project `sea-ice` has the script `sea_ice`.
 * @throws ConfigError for an unknown project, script or version (with those that exist), and for a feature build in
 *   production; RemoteError when the store holds something else than was published
 */
export async function resolvePin(
  store: ArtifactStore,
  request: ArtifactRequest,
  options: ResolveOptions,
): Promise<Pin> {
  const found = await lookUp(store, request, request.scriptVersion, options);
  const script = findScript(request, found);
  const wheel = await findWheel(store, request, found, options);
  return {
    team: request.team,
    project: request.project,
    script: script.script ?? request.script,
    version: found.manifest.version,
    commit: found.manifest.commit,
    via: found.via,
    scriptUrl: `${store.url}/${script.key}`,
    scriptSha256: script.sha256,
    ...(wheel === undefined
      ? {}
      : {
          wheelUrl: `${store.url}/${wheel.file.key}`,
          wheelSha256: wheel.file.sha256,
          wheelVersion: wheel.version,
        }),
    ...runtimeOf(store, found),
  };
}

async function lookUp(
  store: ArtifactStore,
  request: ArtifactRequest,
  text: string,
  { production, signal }: ResolveOptions,
): Promise<FoundVersion> {
  const wish = parseVersionWish(text);
  if (production && isFeatureWish(wish)) throw featureInProduction(request.project, text);
  const found = await findVersion(store, request.team, request.project, wish, signal);
  if (found !== undefined) return found;
  throw await unknownVersion(store, request, text, wish, signal);
}

function runtimeOf(
  store: ArtifactStore,
  { manifest }: FoundVersion,
): Pick<Pin, 'runtimeUrl' | 'runtimeSha256'> {
  const file = manifest.files.find(({ kind }) => kind === 'runtime');
  return file === undefined ? {} : { runtimeUrl: `${store.url}/${file.key}`, runtimeSha256: file.sha256 };
}

function findScript(request: ArtifactRequest, { manifest }: FoundVersion): ManifestFile {
  const scripts = manifest.files.filter((file) => file.kind === 'script');
  const wanted = request.script.replaceAll('-', '_');
  const script = scripts.find((file) => file.script?.replaceAll('-', '_') === wanted);
  if (script !== undefined) return script;
  const names = scripts.map((file) => file.script ?? '');
  throw new ConfigError(
    `Cannot find script ${request.script} in ${request.project} ${manifest.version}: there are ${listed('scripts', names)}.`,
    { code: 'HERMES_UNKNOWN_SCRIPT', ...withNextStep(didYouMean(request.script, names)) },
  );
}

async function findWheel(
  store: ArtifactStore,
  request: ArtifactRequest,
  script: FoundVersion,
  options: ResolveOptions,
): Promise<{ file: ManifestFile; version: string } | undefined> {
  const wanted = request.libraryVersion;
  if (wanted === 'none') return undefined;
  const { manifest } = wanted === undefined ? script : await lookUp(store, request, wanted, options);
  const file = manifest.files.find((candidate) => candidate.kind === 'wheel');
  if (file !== undefined) return { file, version: manifest.version };
  if (wanted === undefined) return undefined;
  throw new ConfigError(
    `Cannot use library ${request.project} ${manifest.version}: it was published without a wheel.`,
    {
      code: 'HERMES_NO_WHEEL',
      nextStep: 'Name another library_version, or `none`.',
    },
  );
}

function featureInProduction(project: string, version: string): ConfigError {
  return new ConfigError(
    `Cannot run ${project} ${version} in production: builds of a branch exist in development only.`,
    {
      code: 'HERMES_FEATURE_IN_PRODUCTION',
      nextStep: 'Merge the branch, then use `latest` or the version that the merge publishes.',
    },
  );
}

/** Says what exists instead: projects, branches or versions, whichever the user missed. */
async function unknownVersion(
  store: ArtifactStore,
  { team, project }: ArtifactRequest,
  text: string,
  wish: VersionWish,
  signal?: AbortSignal,
): Promise<ConfigError> {
  const projects = await listProjects(store, team, signal);
  if (!projects.includes(project)) return unknownProject(store, team, project, projects);
  const versions = await listVersions(store, team, project, signal);
  const branches = [...new Set(versions.flatMap(({ branch }) => branch ?? []))];
  const releases = versions
    .filter(({ branch }) => branch === undefined)
    .map(({ manifest }) => manifest.version);
  const facts = { store: store.url };
  const known = `${listed('versions', releases)}; ${listed('branches with a build', branches)}.`;
  if (wish.via === 'latest') {
    return new ConfigError(
      `Cannot resolve latest of ${project}: no version of it is released. There are ${known}`,
      {
        code: 'HERMES_NO_RELEASE',
        facts,
        nextStep: 'A merge to the default branch releases one; until then name a branch.',
      },
    );
  }
  const what = wish.via === 'branch' ? `a build of branch ${text}` : `version ${text}`;
  return new ConfigError(`Cannot find ${what} of ${project}: there are ${known}`, {
    code: 'HERMES_UNKNOWN_VERSION',
    facts,
    ...withNextStep(didYouMean(text, [...releases, ...branches, 'latest'])),
  });
}

function unknownProject(
  store: ArtifactStore,
  team: string,
  project: string,
  projects: readonly string[],
): ConfigError {
  const nothing = 'Push a branch of its repository: CI publishes a build of it.';
  return new ConfigError(
    `Cannot find project ${project} of team ${team}: there are ${listed('published projects', projects)}.`,
    {
      code: 'HERMES_UNKNOWN_PROJECT',
      facts: { store: store.url },
      ...withNextStep(projects.length === 0 ? nothing : didYouMean(project, projects)),
    },
  );
}

/** `versions 1.0.0, 1.1.0` or `no versions` */
function listed(what: string, names: readonly string[]): string {
  return names.length === 0 ? `no ${what}` : `${what} ${names.join(', ')}`;
}

function withNextStep(nextStep: string | undefined): { nextStep?: string } {
  return nextStep === undefined ? {} : { nextStep };
}
