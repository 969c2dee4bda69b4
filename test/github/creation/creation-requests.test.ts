import assert from 'node:assert/strict';
import { wantedSettings } from '../../../src/cli/github/wanted-settings.ts';
import { createGitHubHost } from '../../../src/github/github-host.ts';
import { type TemplateKind, templateKinds } from '../../../src/templates/answers.ts';
import { startGitHub } from '../../fakes/github/start-github.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';
import { openDouble } from '../github-under-test.ts';
import { wantedRepository } from '../wanted-repository.ts';

const { signal } = new AbortController();

/** What making a repository of a kind asks of GitHub, without bytes that are no text and settings of one's own. */
async function requestsFor(kind: TemplateKind): Promise<string[]> {
  const github = await startGitHub();
  const own = { visibility: 'private', team: 'weather', variables: {}, secrets: {} } as const;
  const wanted = wantedRepository('weather', wantedSettings(kind, 'weather', own));
  const files = wanted.first.files.filter(({ path }) => !path.endsWith('/data'));
  const host = createGitHubHost(await openDouble(github), 'acme', swiftClock());
  await host.create({ ...wanted, first: { ...wanted.first, files } }, () => {}, signal);
  await github.stop();
  return github.requests.map(({ method, path }) => `${method} ${path}`);
}

describe('the requests of a creation on GitHub', () => {
  for (const kind of templateKinds) {
    it(`are at most twelve for kind ${kind}, four of them for content`, async () => {
      const requests = await requestsFor(kind);
      assert.ok(requests.length <= 12, requests.join('\n'));
      const content = requests.filter((line) => /^POST \/orgs\/acme\/repos$|\/git\//.test(line));
      assert.deepEqual(content, [
        'POST /orgs/acme/repos',
        'POST /repos/acme/weather/git/trees',
        'POST /repos/acme/weather/git/commits',
        'PATCH /repos/acme/weather/git/refs/heads%2Fmain',
      ]);
    });
  }
});
