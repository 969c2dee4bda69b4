import { HermesError } from '../src/core/errors.ts';
import type { CiRequest } from './ci-request.ts';
import { type OpenedRepository, openRepository } from './open-repository.ts';
import { projectTrees } from './project-trees.ts';
import { findProjects, selectProjects } from './projects.ts';
import { surveyProjects } from './survey.ts';
import { chooseEnvironments, openTargets } from './targets.ts';

/** Which projects a publish would have something to do for, and what could not be asked. */
export interface ChangedProjects {
  readonly decision: OpenedRepository['decision'];
  readonly projects: readonly string[];
  /** Environments whose store could not be read: everything counts as changed there. */
  readonly unreadable: readonly { readonly environment: string; readonly error: HermesError }[];
}

/**
 * Finds the projects whose content or builder is not published in every environment yet, and those of which an
 * interrupted release left the pointer behind. Runs no code of a project.
 * A store that may not be read (the production store, for a role of development) holds nothing as far as one knows:
 * what is built needlessly for it is found published there, and skipped.
 */
export async function changedProjects(request: CiRequest): Promise<ChangedProjects> {
  const { home, signal } = request;
  const { git, team, decision } = await openRepository(request, 'tell what a publish would take');
  if (decision.kind === 'nothing') return { decision, projects: [], unreadable: [] };
  const projects = selectProjects(await findProjects(git), request.projects);
  const trees = await projectTrees(git, decision.commit, projects);
  const environments = chooseEnvironments(decision.kind, { team, folder: git.root, home });
  const unreadable: { environment: string; error: HermesError }[] = [];
  const changed = new Set<string>();
  for (const target of await openTargets(environments, home)) {
    try {
      const findings = await surveyProjects(trees, { team, decision, targets: [target], signal });
      for (const [index, finding] of findings.entries()) {
        const name = trees[index]?.project.name;
        const isDone = finding.kind === 'unchanged' && (!finding.settle || decision.kind === 'feature');
        if (!isDone && name !== undefined) changed.add(name);
      }
    } catch (error) {
      if (!(error instanceof HermesError)) throw error;
      unreadable.push({ environment: target.environment, error });
      for (const { project } of trees) changed.add(project.name);
    }
  }
  const names = trees.map(({ project }) => project.name);
  return { decision, projects: names.filter((name) => changed.has(name)), unreadable };
}
