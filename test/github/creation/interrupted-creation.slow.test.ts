import { createGitHubHost } from '../../../src/github/github-host.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';
import { openDouble } from '../github-under-test.ts';
import { itSurvivesInterruptions } from '../interruptions.ts';
import { wantedRepository } from '../wanted-repository.ts';

describe('making a repository on GitHub, interrupted', function () {
  this.timeout(240_000);
  // Another default branch than the organisation's, so that a renaming may be interrupted, too.
  const wanted = wantedRepository('weather', { defaultBranch: 'master' });
  itSurvivesInterruptions({
    isPatient: true,
    run: async (github, signal) => {
      const clock = swiftClock();
      const host = createGitHubHost(await openDouble(github, signal, clock), 'acme', clock);
      await host.create(wanted, () => {}, signal);
    },
  });
});
