import { openStore } from '../src/artifacts/open-store.ts';
import { readHermesYaml } from '../src/config/hermes-yaml.ts';
import { type Home, markHome } from '../src/config/home.ts';
import { resolveEnvironment, resolveTeam } from '../src/config/resolve-environment.ts';
import type { CiRequest } from './ci-request.ts';
import { decidePublish } from './decide.ts';
import { deploy } from './deploy.ts';
import { detectCi } from './detect-ci.ts';
import { openGit } from './git.ts';
import { once } from './once.ts';
import { branchPolicy, releasePolicy } from './pointer-policy.ts';
import { type Prepared, prepareProject, type Workbench } from './prepare-project.ts';
import { findProjects, selectProjects } from './projects.ts';
import type { Report } from './publish-event.ts';
import { findPython } from './python.ts';
import { readRepositoryFacts } from './repository-facts.ts';
import type { Target } from './survey.ts';

/** What a publish did, for the last lines of its log. */
export interface PublishSummary {
  readonly kind: 'release' | 'feature' | 'nothing';
  readonly branch?: string;
  /** Projects of which something was written. */
  readonly published: readonly string[];
}

/**
 * Tests, builds and publishes what changed. Nothing is uploaded before every test has passed, every wheel is built
 * and every plan has been checked against every store.
 */
export async function publish(request: CiRequest, report: Report): Promise<PublishSummary> {
  const { env, home, signal } = request;
  const git = await openGit(request);
  const team = resolveTeam({ folder: git.root });
  const event = detectCi(env);
  const facts = await readRepositoryFacts(git, event, readHermesYaml(git.root)?.defaultBranch);
  const decision = decidePublish(event, facts);
  report({ event: 'decision', team, ...decision });
  if (decision.kind === 'nothing') return { kind: 'nothing', published: [] };

  const projects = selectProjects(await findProjects(git), request.projects);
  const targets = await openTargets(decision.kind, team, git.root, home);
  const announce = (purpose: string): void => report({ event: 'preparing', purpose });
  const options = { cache: home.cache, env, signal, announce };
  const workbench: Workbench = {
    ...options,
    git,
    team,
    decision,
    targets,
    clock: request.clock,
    report,
    python: once(() => findPython({ cwd: git.root, env, signal })),
    ...(event.runUrl === undefined ? {} : { runUrl: event.runUrl }),
  };
  const prepared: Prepared[] = [];
  for (const project of projects) prepared.push(await prepareProject(project, workbench));
  const published = await deploy(prepared, {
    targets,
    policy:
      decision.kind === 'release' ? releasePolicy : branchPolicy(git, decision.branch, event.kind === 'hand'),
    note: {
      movedAt: request.clock.now().toISOString(),
      movedBy: event.runUrl ?? event.system,
      reason: decision.reason,
    },
    report,
    signal,
  });
  return { kind: decision.kind, branch: decision.branch, published };
}

/** Development alone for a feature build; then production too for a release. */
async function openTargets(
  kind: 'release' | 'feature',
  team: string,
  folder: string,
  home: Home,
): Promise<readonly Target[]> {
  const names = kind === 'release' ? ['dev', 'prod'] : ['dev'];
  const environments = names.map((name) => resolveEnvironment({ name, team, folder, home }));
  if (environments.some((environment) => environment.embedded)) markHome(home);
  return Promise.all(
    environments.map(async ({ name, artifacts }) => ({
      environment: name,
      store: await openStore(artifacts),
    })),
  );
}
