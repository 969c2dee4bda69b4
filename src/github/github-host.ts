import type { Clock } from '../core/clock.ts';
import type { GitHub } from './api/github-client.ts';
import { githubFailure } from './api/github-failure.ts';
import { applySteps } from './creation/apply-steps.ts';
import { beginCreation, survey } from './creation/begin-creation.ts';
import { type CreationStep, call, type Target } from './creation/creation-step.ts';
import { expectTeam } from './creation/find-team.ts';
import { findRepository } from './creation/found-repository.ts';
import { planCreation } from './creation/plan-creation.ts';
import { CREATE_RIGHT } from './creation/repository-step.ts';
import type { PlannedStep, RepositoryHost } from './repository-host.ts';

/** The repositories of an organisation on GitHub. */
export function createGitHubHost(client: GitHub, owner: string, clock: Clock): RepositoryHost {
  return {
    find: async (name, signal) => {
      const github = client.until(signal);
      const found = await explained(github, owner, `find repository ${owner}/${name}`, () =>
        findRepository(github, owner, name),
      );
      return found === undefined ? undefined : { name, cloneUrl: found.cloneUrl };
    },
    plan: async (wanted, signal) => {
      const { settings, name } = wanted;
      const github = client.until(signal);
      await expectTeam(github, owner, settings.team);
      return explained(github, owner, `plan repository ${owner}/${name}`, async () => {
        const found = await findRepository(github, owner, name);
        const surveyed = found === undefined ? undefined : await survey(github, owner, wanted, found);
        const steps = planCreation(owner, wanted, surveyed?.standing);
        const look = call('GET', `/orgs/${owner}/teams/${settings.team}`);
        const looks = [{ ...look, purpose: `see that ${owner} has team ${settings.team}` }];
        return { repository: `${owner}/${name}`, looks, steps: steps.map(plain) };
      });
    },
    create: async (wanted, onStep, signal) => {
      const github = client.until(signal);
      await expectTeam(github, owner, wanted.settings.team);
      const base = { github, clock, signal, owner, wanted };
      const { found, standing, commit } = await explained(
        github,
        owner,
        `create repository ${owner}/${wanted.name}`,
        () => beginCreation(base),
      );
      const target: Target = {
        ...base,
        defaultBranch: found.defaultBranch,
        ...(commit === undefined ? {} : { commit }),
      };
      const plan = planCreation(owner, wanted, standing);
      const steps = await applySteps(plan, target, onStep);
      return {
        name: wanted.name,
        cloneUrl: found.cloneUrl,
        webUrl: found.webUrl,
        defaultBranch: target.defaultBranch,
        commit: target.commit ?? '',
        isMade: !standing.hasContent,
        steps,
      };
    },
  };
}

/** What of a step is data. */
function plain({ name, purpose, calls, isDone }: CreationStep): PlannedStep {
  return { name, purpose, calls, isDone };
}

/** Looks, and explains what GitHub refuses. */
async function explained<T>(
  github: GitHub,
  owner: string,
  action: string,
  look: () => Promise<T>,
): Promise<T> {
  try {
    return await look();
  } catch (error) {
    throw githubFailure(error, { github, owner, action, right: CREATE_RIGHT });
  }
}
