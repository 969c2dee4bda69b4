import type { Environment } from '../src/config/environment.ts';
import { ConfigError } from '../src/core/errors.ts';
import { openBench } from './bench.ts';
import { readBuiltFolder } from './built-folder.ts';
import type { CiRequest } from './ci-request.ts';
import type { Decision } from './decide.ts';
import { deploy } from './deploy.ts';
import { refuseLostStores } from './lost-store.ts';
import { type OpenedRepository, openRepository } from './open-repository.ts';
import { branchPolicy, releasePolicy } from './pointer-policy.ts';
import { type Prepared, prepareProject, type Workbench } from './prepare-project.ts';
import { projectTrees } from './project-trees.ts';
import { findProjects, selectProjects } from './projects.ts';
import type { Report } from './publish-event.ts';
import { surveyProjects } from './survey.ts';
import { takeBuiltWheels } from './take-built-wheel.ts';
import { chooseEnvironments, openTargets, type TargetQuestion } from './targets.ts';

export interface PublishRequest extends CiRequest {
  /** The one environment to publish to; absent = all that the decision allows. */
  readonly environment?: string | undefined;
  /** Absolute path of a folder that `hermes build` filled; nothing is tested or built then. */
  readonly from?: string | undefined;
  /** Does everything but write to a store. @defaultValue false */
  readonly dryRun?: boolean | undefined;
}

/** What a publish did, for the last lines of its log. */
export interface PublishSummary {
  readonly kind: 'release' | 'feature' | 'nothing';
  readonly branch?: string;
  /** Projects of which something was written, or with `dryRun` would be. */
  readonly published: readonly string[];
}

/**
 * Tests, builds and publishes what changed. Nothing is uploaded before every test has passed, every wheel is built
 * and every plan has been checked against every store.
 */
export async function publish(request: PublishRequest, report: Report): Promise<PublishSummary> {
  const { clock, home, signal, environment: only } = request;
  const opened = await openRepository(
    request,
    request.dryRun === true ? 'plan a publish by hand' : undefined,
  );
  const { git, team, event } = opened;
  const question = { team, folder: git.root, home, only };
  const { decision, environments } = narrow(opened, question);
  report({ event: 'decision', team, ...decision, environments: environments.map(({ name }) => name) });
  if (decision.kind === 'nothing') return { kind: 'nothing', published: [] };
  if (event.kind !== 'hand') refuseLostStores(environments, git.root);

  const projects = selectProjects(await findProjects(git), request.projects);
  const trees = await projectTrees(git, decision.commit, projects);
  const targets = await openTargets(environments, home);
  const bench = openWorkbench(request, opened, decision, report);
  const findings = await surveyProjects(trees, { team, decision, targets, signal });
  const prepared: Prepared[] = [];
  for (const [index, tree] of trees.entries()) {
    const finding = findings[index];
    if (finding !== undefined) prepared.push(await prepareProject(tree, finding, bench));
  }
  const isByHand = event.kind === 'hand';
  const published = await deploy(prepared, {
    targets,
    policy: decision.kind === 'release' ? releasePolicy : branchPolicy(git, decision.branch, isByHand),
    note: {
      movedAt: clock.now().toISOString(),
      movedBy: event.runUrl ?? event.system,
      reason: decision.reason,
    },
    dryRun: request.dryRun === true,
    report,
    signal,
  });
  return { kind: decision.kind, branch: decision.branch, published };
}

/** The environments that a decision allows; none when the one that was asked for is not among them. */
function narrow(
  { decision, event }: OpenedRepository,
  question: TargetQuestion,
): { readonly decision: Decision; readonly environments: readonly Environment[] } {
  if (decision.kind === 'nothing') return { decision, environments: [] };
  const environments = chooseEnvironments(decision.kind, question);
  if (environments.length > 0) return { decision, environments };
  const { only = '' } = question;
  const reason = `${decision.reason}; builds of a branch go to dev, never to ${only}`;
  if (event.kind !== 'hand') return { decision: { kind: 'nothing', reason }, environments };
  throw new ConfigError(`Cannot publish to ${only} by hand: builds of a branch go to dev only.`, {
    code: 'HERMES_HAND_RELEASE',
    nextStep: 'Merge to the default branch: its CI releases to every environment.',
  });
}

function openWorkbench(
  request: PublishRequest,
  { git, team, event }: OpenedRepository,
  decision: Workbench['decision'],
  report: Report,
): Workbench {
  const { from } = request;
  return {
    ...openBench(git, request, report),
    team,
    decision,
    report,
    ...(event.runUrl === undefined ? {} : { runUrl: event.runUrl }),
    ...(from === undefined ? {} : { built: takeBuiltWheels(from, readBuiltFolder(from, decision.commit)) }),
  };
}
