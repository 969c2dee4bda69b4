import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openGitHub } from '../../../src/github/api/github-client.ts';
import { readSubject } from '../../../src/github/aws/read-subject.ts';
import { seedRepository } from '../../fakes/github/seed.ts';
import { type GitHubDouble, startGitHub, TOKEN } from '../../fakes/github/start-github.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

const { signal } = new AbortController();
const open = (apiUrl: string, token = TOKEN) =>
  openGitHub(
    { apiUrl, credential: { kind: 'token', token, source: 'HERMES_GITHUB_TOKEN' } },
    { clock: swiftClock(), signal },
  );

describe('how a repository names itself in tokens', () => {
  let double: GitHubDouble;
  before(async () => {
    double = await startGitHub();
    await seedRepository(double, 'weather', { 'README.md': 'x' });
  });
  after(() => double.stop());

  it('is asked of GitHub in two requests, and written as GitHub writes it', async () => {
    const subject = await readSubject(await open(double.apiUrl), 'ACME', 'Weather');
    const { owner = '', repository = '' } = subject.ids ?? {};
    assert.match(`${owner} ${repository}`, /^\d+ \d+$/);
    assert.equal(subject.prefix, `repo:acme@${owner}/weather@${repository}`);
    assert.deepEqual(
      double.requests.slice(-2).map(({ method, path }) => `${method} ${path}`),
      ['GET /repos/ACME/Weather', 'GET /repos/ACME/Weather/actions/oidc/customization/sub'],
    );
  });

  it('cannot be told of a repository that is not there', async () => {
    await assert.rejects(readSubject(await open(double.apiUrl), 'acme', 'nothing'), {
      code: 'HERMES_NO_REPOSITORY',
      message: 'Cannot read how acme/nothing names itself in tokens: acme has no repository nothing.',
      nextStep:
        'Correct the name. If there is one, whoever made the token may not see it: ask an owner of acme.',
    });
  });
});

describe('how a repository names itself, by what GitHub says of it', () => {
  /** A GitHub that says just this. */
  async function subjectFor(form: object, apiUrl?: string) {
    const server = createServer((request, response) => {
      const repository = {
        id: 2222222,
        name: 'weather',
        owner: { id: 1111111, login: 'acme' },
        created_at: '2026-09-01T00:00:00Z',
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url?.endsWith('/sub') === true ? form : repository));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const github = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      return await readSubject(
        apiUrl === undefined ? github : { ...github, webUrl: apiUrl },
        'acme',
        'weather',
      );
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }
  const withIds = 'repo:acme@1111111/weather@2222222';

  it('is by its numbers or by its name, as it says', async () => {
    for (const prefix of [withIds, 'repo:acme/weather'])
      assert.equal((await subjectFor({ use_default: true, sub_claim_prefix: prefix })).prefix, prefix);
    const chosen = await subjectFor({ use_default: true, use_immutable_subject: true });
    assert.equal(chosen.prefix, withIds);
  });

  it('follows from its age where github.com does not say it, and is its name elsewhere', async () => {
    assert.equal((await subjectFor({ use_default: true }, 'https://github.com')).prefix, withIds);
    const { prefix, ids } = await subjectFor({ use_default: true });
    assert.deepEqual([prefix, ids], ['repo:acme/weather', { owner: '1111111', repository: '2222222' }]);
  });

  it('is refused in a form of its own, with the way back to that of GitHub', async () => {
    const forms = [
      { use_default: false, include_claim_keys: ['repo', 'context'] },
      { use_default: true, sub_claim_prefix: 'repo:acme@1111111/other@3' },
    ];
    const facts = ['', ' [begins=repo:acme@1111111/other@3]'];
    for (const [index, form] of forms.entries())
      await assert.rejects(subjectFor(form), {
        code: 'HERMES_GITHUB_SUBJECT',
        message: `Cannot tell how acme/weather names itself in tokens${facts[index]}: its claim sub has a form of its own.`,
        nextStep:
          "Give it GitHub's own form back: gh api --method PUT repos/acme/weather/actions/oidc/customization/sub -F use_default=true",
      });
  });
});
