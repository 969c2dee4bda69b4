import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { branchSlug, featureVersion } from '../src/artifacts/keys.ts';
import { ConfigError } from '../src/core/errors.ts';
import { hermesVersion } from '../src/core/package-root.ts';
import type { Python } from '../src/core/python.ts';
import { sha256Hex } from '../src/core/sha256.ts';
import type { Build, BuiltFile } from './build.ts';
import { buildWheel } from './build-wheel.ts';
import { checkSyntax } from './check-syntax.ts';
import { checkoutForVersion } from './checkout-for-version.ts';
import { authorOf, exportProject, treeHash } from './export-project.ts';
import type { Git } from './git.ts';
import type { Project } from './projects.ts';
import type { Preparation } from './python-environment.ts';
import { reversionWheel, type WheelFile } from './reversion-wheel.ts';
import { runtimeWheel } from './runtime-wheel.ts';
import { type FoundScripts, findScripts } from './scripts.ts';
import { readWheelMetadata, wheelContentHash } from './wheel.ts';

export interface BuildOrder extends Preparation {
  readonly git: Git;
  /** Asked only when something is built here. */
  readonly python: () => Promise<Python>;
  readonly team: string;
  readonly commit: string;
  readonly kind: 'release' | 'feature';
  readonly branch: string;
  readonly runUrl?: string;
  readonly now: Date;
}

export interface PreparedBuild {
  readonly build: Build;
  /** The wheel as the back end made it, without the version of a branch. */
  readonly wheel: WheelFile;
  readonly skipped: FoundScripts['skipped'];
}

/** A clean copy of a project, and the scripts in it. */
interface SourceCopy {
  readonly folder: string;
  readonly changedAtSeconds: number;
  /** Absolute paths. */
  readonly scripts: readonly string[];
  /** A folder for what a build writes; gone afterwards. */
  readonly scratch: string;
}

/** Where the wheel of a build comes from. */
export type WheelSource = (copy: SourceCopy, project: Project, order: BuildOrder) => Promise<WheelFile>;

/**
 * Builds the scripts and the wheel of a project from a clean copy of the commit. Version and dependencies are those
 * that the wheel itself says; the wheel of a feature build says its branch and commit inside, too.
 * @throws WorkFailedError when a script is no Python, and when the back end fails; ConfigError for a release whose version carries a local label
 */
export async function prepareBuild(
  project: Project,
  order: BuildOrder,
  wheelSource: WheelSource = buildFromSource,
): Promise<PreparedBuild> {
  const scratch = await mkdtemp(join(tmpdir(), 'hermes-build-'));
  try {
    const exported = await exportProject(order.git, order.commit, project.folder, scratch);
    // Read before the back end runs: what it leaves in the copy is no part of the project.
    const { scripts, skipped } = findScripts(exported.folder, project.name);
    const sources = await Promise.all(
      scripts.map(async ({ name, path }) => ({ name, bytes: new Uint8Array(await readFile(path)) })),
    );
    const copy = { ...exported, scripts: scripts.map(({ path }) => path), scratch };
    const wheel = await wheelSource(copy, project, order);
    return { build: await assemble(project, order, wheel, sources), wheel, skipped };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Lets the project's own back end build, once Python can read every script. */
const buildFromSource: WheelSource = async (copy, project, order) => {
  const { folder, scripts } = copy;
  const python = await order.python();
  const named = { folder, projectName: project.name, python };
  await checkSyntax({ ...order, ...named, scripts, projectFolder: project.folder });
  const source = await checkoutForVersion(project, order, copy);
  const { buildSystem, version } = project;
  return buildWheel({ ...order, ...copy, ...named, folder: source, buildSystem, version });
};

interface ScriptSource {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function assemble(
  project: Project,
  order: BuildOrder,
  built: WheelFile,
  sources: readonly ScriptSource[],
): Promise<Build> {
  const metadata = await readWheelMetadata(built.bytes);
  const ref = `refs/heads/${order.branch}`;
  const branch = order.kind === 'feature' ? branchSlug(ref) : undefined;
  if (metadata.version.includes('+') && branch === undefined)
    throw labelledRelease(project, metadata.version);
  const version =
    branch === undefined ? metadata.version : featureVersion(metadata.version, branch, order.commit);
  const wheel = branch === undefined ? built : await reversionWheel(built, version);
  const author = await authorOf(order.git, order.commit);
  return {
    team: order.team,
    project: project.name,
    version,
    ...(branch === undefined ? {} : { branch }),
    commit: order.commit,
    ref,
    ...(author === undefined ? {} : { author }),
    tree: await treeHash(order.git, order.commit, project.folder),
    ...(order.runUrl === undefined ? {} : { runUrl: order.runUrl }),
    builder: hermesVersion,
    builtAt: order.now.toISOString(),
    ...(metadata.requiresPython === undefined ? {} : { requiresPython: metadata.requiresPython }),
    dependencies: metadata.dependencies,
    files: [...sources.map((source) => scriptFile(source, version)), await wheelFile(wheel), runtimeWheel()],
    versionPlace: project.versionPlace,
  };
}

function scriptFile({ name, bytes }: ScriptSource, version: string): BuiltFile {
  const hash = sha256Hex(bytes);
  const fileName = `${name}-${version}.py`;
  return { fileName, kind: 'script', script: name, bytes, sha256: hash, contentHash: hash };
}

async function wheelFile(wheel: WheelFile): Promise<BuiltFile> {
  return {
    ...wheel,
    kind: 'wheel',
    sha256: sha256Hex(wheel.bytes),
    contentHash: await wheelContentHash(wheel.bytes),
  };
}

function labelledRelease(project: Project, version: string): ConfigError {
  return new ConfigError(`Cannot release ${project.name} ${version}: a release has no label behind "+".`, {
    code: 'HERMES_LABELLED_RELEASE',
    nextStep: `Make the build say a plain version, see ${project.versionPlace}.`,
  });
}
