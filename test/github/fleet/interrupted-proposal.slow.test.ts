import { createGitHubFleet } from '../../../src/github/fleet/github-fleet.ts';
import { proposalFor, repositoryOf } from '../../contracts/repository-fleet.ts';
import { seedRepository } from '../../fakes/github/seed.ts';
import type { GitHubDouble } from '../../fakes/github/start-github.ts';
import { openDouble } from '../github-under-test.ts';
import { itSurvivesInterruptions } from '../interruptions.ts';

/** Offers a script with this text, or withdraws what was offered. */
async function propose(
  github: GitHubDouble,
  signal: AbortSignal,
  text: string | undefined,
  isDraft: boolean,
): Promise<void> {
  const fleet = createGitHubFleet(await openDouble(github, signal), 'acme');
  const seen = await repositoryOf(fleet, 'weather');
  const changes = text === undefined ? {} : { 'build_tools/test.sh': text };
  await fleet.propose(seen, { ...proposalFor(seen, changes), isDraft }, signal);
}

const unending = new AbortController().signal;
const seed = async (github: GitHubDouble) => {
  await seedRepository(github, 'weather', {
    '.hermes/template.json': '{}\n',
    'build_tools/test.sh': 'exec\n',
  });
};
const seedOffered = async (github: GitHubDouble) => {
  await seed(github);
  await propose(github, unending, 'first\n', false);
};

describe('offering an update on GitHub, interrupted', function () {
  this.timeout(240_000);
  itSurvivesInterruptions({
    prepare: seed,
    run: (github, signal) => propose(github, signal, 'first\n', false),
  });
});

describe('refreshing an update on GitHub with one that has conflicts, interrupted', function () {
  this.timeout(240_000);
  itSurvivesInterruptions({
    prepare: seedOffered,
    run: (github, signal) => propose(github, signal, '<<<<<<<\n', true),
  });
});

describe('withdrawing an update on GitHub, interrupted', function () {
  this.timeout(240_000);
  itSurvivesInterruptions({
    prepare: seedOffered,
    run: (github, signal) => propose(github, signal, undefined, false),
  });
});
