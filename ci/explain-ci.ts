import { branchSlug, featureVersion } from '../src/artifacts/keys.ts';
import { resolveTeam } from '../src/config/resolve-environment.ts';
import { ConfigError } from '../src/core/errors.ts';
import { printableLine } from '../src/core/printable.ts';
import type { CiRequest } from './ci-request.ts';
import { type Decision, decidePublish } from './decide.ts';
import { type DefaultBranch, findDefaultBranch } from './default-branch.ts';
import { type CiEvent, detectCi } from './detect-ci.ts';
import { type Git, openGit } from './git.ts';
import { findProjects, type Project, selectProjects } from './projects.ts';
import { isAncestor, knownRemoteTip } from './remote.ts';
import { changedFiles, checkedOutBranch, readHead } from './repository-facts.ts';
import { chooseEnvironments } from './targets.ts';

/** What a CI run would do, and why, as far as this machine can tell without asking anyone. */
export interface CiExplanation {
  readonly team: string;
  readonly event: CiEvent;
  /** The commit that is checked out. */
  readonly head: string;
  /** The branch that is checked out; absent when HEAD is detached. */
  readonly checkedOut?: string;
  readonly defaultBranch?: DefaultBranch;
  /** `open`: only the remote can say. */
  readonly decision: Decision | { readonly kind: 'open'; readonly reason: string };
  readonly environments: readonly ExplainedEnvironment[];
  readonly projects: readonly ExplainedProject[];
  /** What still has to be true when it is published, or what is asked then. */
  readonly conditions: readonly string[];
}

interface ExplainedEnvironment {
  readonly name: string;
  /** URL of its artifact store. */
  readonly store: string;
  /** True when this run would publish there. */
  readonly isWritten: boolean;
}

export interface ExplainedProject {
  readonly name: string;
  readonly folder: string;
  /** What a build would be called; absent where the build back end works the version out. */
  readonly version?: string;
  /** What it would be called as a release, while it is open whether this is one. */
  readonly releaseVersion?: string;
}

/**
 * Explains a CI run from its variables and the clone alone: no network, no store, no Python.
 * @throws ConfigError for a folder without a repository, team or commit; ProblemsError for files that cannot be read
 */
export async function explainCi(request: CiRequest): Promise<CiExplanation> {
  const git = await openGit(request);
  const team = resolveTeam({ folder: git.root });
  const event = detectCi(request.env);
  const [head, checkedOut] = [await readHead(git), await checkedOutBranch(git)];
  const defaultBranch = await findDefaultBranch(git, event);
  const decision = await foresee(git, event, head, checkedOut, defaultBranch);
  const projects = selectProjects(await findProjects(git), request.projects);
  const question = { team, folder: git.root, home: request.home };
  const written = decision.kind === 'nothing' ? [] : chooseEnvironments(sureKind(decision), question);
  return {
    team,
    event,
    head,
    ...(checkedOut === undefined ? {} : { checkedOut }),
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    decision,
    environments: chooseEnvironments('release', question).map(({ name, artifacts }) => ({
      name,
      store: artifacts,
      isWritten: written.some((environment) => environment.name === name),
    })),
    projects: projects.map((project) => explainProject(project, decision, event, head)),
    conditions: await findConditions(git, event, decision, defaultBranch),
  };
}

/** The decision, under the condition that the remote confirms what only it can. */
async function foresee(
  git: Git,
  event: CiEvent,
  head: string,
  branch: string | undefined,
  defaultBranch: DefaultBranch | undefined,
): Promise<CiExplanation['decision']> {
  if (event.kind === 'push' && defaultBranch === undefined) {
    return { kind: 'open', reason: 'nobody here says which branch is the default' };
  }
  const changed = event.kind === 'hand' ? await changedFiles(git) : [];
  const named = { head, branch, defaultBranch: defaultBranch?.name };
  try {
    return decidePublish(event, { ...named, isOnRemoteDefault: true, changedFiles: changed });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first = '', ...files] = error.message.replace(/^[^:]+: /, '').split('\n');
    const reason = [first.replace(/\.$/, ''), files.map((file) => file.trim()).join(', ')];
    return { kind: 'nothing', reason: reason.filter(Boolean).join(': ') };
  }
}

function explainProject(
  { name, folder, version }: Project,
  decision: CiExplanation['decision'],
  event: CiEvent,
  head: string,
): ExplainedProject {
  if (version === undefined) return { name, folder };
  if (decision.kind !== 'feature' && decision.kind !== 'open') return { name, folder, version };
  const branch = decision.kind === 'feature' ? decision.branch : (event.branch ?? '');
  const ofBranch = featureVersion(version, branchSlug(`refs/heads/${branch}`), head);
  return {
    name,
    folder,
    version: ofBranch,
    ...(decision.kind === 'open' ? { releaseVersion: version } : {}),
  };
}

async function findConditions(
  git: Git,
  event: CiEvent,
  decision: CiExplanation['decision'],
  defaultBranch: DefaultBranch | undefined,
): Promise<string[]> {
  if (event.kind === 'pull-request') {
    return ['a project that changes must raise its version: hermes ci check builds and compares'];
  }
  if (decision.kind === 'nothing') return [];
  const builds = [
    'the tests of what is built must pass',
    'what the stores hold already is not built again: they are asked when publishing',
  ];
  if (decision.kind === 'open') {
    const branch = printableLine(event.branch ?? '');
    return [
      `origin says which branch is the default, asked when publishing: ${branch} goes to development, and if it is the default, to production`,
      ...builds,
    ];
  }
  if (decision.kind === 'feature' || defaultBranch === undefined) return builds;
  const known = await knownRemoteTip(git, defaultBranch.name);
  const holds = known !== undefined && (await isAncestor(git, decision.commit, known));
  const note = holds ? 'this clone saw it there' : 'this clone has not seen it there';
  return [
    `the commit must be on ${printableLine(defaultBranch.name)} of origin: asked when publishing (${note})`,
    ...builds,
  ];
}

/** While it is open whether this is a release, development is what is sure. */
function sureKind({ kind }: Exclude<CiExplanation['decision'], { readonly kind: 'nothing' }>) {
  return kind === 'release' ? 'release' : 'feature';
}
