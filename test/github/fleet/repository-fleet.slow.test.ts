import assert from 'node:assert/strict';
import { createGitHubFleet } from '../../../src/github/fleet/github-fleet.ts';
import { UPDATE_BRANCH } from '../../../src/github/fleet/repository-fleet.ts';
import { itKeepsAFleet, listed, proposalFor, repositoryOf } from '../../contracts/repository-fleet.ts';
import { mergePull } from '../../fakes/github/pull-routes.ts';
import { repositoryNamed, seedCommit, seedCopies, seedRepository } from '../../fakes/github/seed.ts';
import { type GitHubDouble, type GitHubOptions, startGitHub } from '../../fakes/github/start-github.ts';
import { openDouble } from '../github-under-test.ts';

const { signal } = new AbortController();

const doubles: GitHubDouble[] = [];
const start = async (options: GitHubOptions = {}) => {
  const double = await startGitHub(options);
  doubles.push(double);
  return { double, fleet: createGitHubFleet(await openDouble(double), 'acme') };
};
const files = { '.hermes/template.json': '{}\n', 'build_tools/test.sh': 'exec\n' };

describe('a fleet on GitHub', () => {
  afterEach(async () => {
    await Promise.all(doubles.splice(0).map((double) => double.stop()));
  });

  itKeepsAFleet(async (repositories) => {
    const { double, fleet } = await start();
    for (const [name, content] of Object.entries(repositories)) await seedRepository(double, name, content);
    return {
      fleet,
      folderOf: (name) => repositoryNamed(double, name).folder,
      commit: (name, content, branch) => seedCommit(double, repositoryNamed(double, name), content, branch),
    };
  });

  const started = async (options: GitHubOptions = {}) => {
    const { double, fleet } = await start(options);
    const repository = await seedRepository(double, 'weather', files);
    const offer = async (text: string | undefined, isDraft = false) => {
      const seen = await repositoryOf(fleet, 'weather');
      const changes = text === undefined ? {} : { 'build_tools/test.sh': text };
      return fleet.propose(seen, { ...proposalFor(seen, changes), isDraft }, signal);
    };
    return { double, fleet, repository, offer };
  };

  it('opens one pull request and refreshes it in place, draft or not as the change is', async () => {
    const { repository, offer } = await started();
    await offer('conflict\n', true);
    const [pull] = repository.pulls;
    assert.deepEqual(
      [pull?.title, pull?.head, pull?.base, pull?.draft],
      ['Update the template', UPDATE_BRANCH, 'main', true],
    );
    assert.match(pull?.body ?? '', /^What changed\.\n\n<!-- hermes-update [0-9a-f]{16} -->\n$/);
    await offer('clean\n', false);
    assert.deepEqual([repository.pulls.length, pull?.draft], [1, false]);
    await offer('conflict again\n', true);
    assert.deepEqual([repository.pulls.length, pull?.draft, pull?.state], [1, true, 'open']);
  });

  it('says in the title that there is something to do where GitHub offers no drafts', async () => {
    const { repository, offer } = await started({ organisations: [{ login: 'acme', plan: 'free' }] });
    await offer('conflict\n', true);
    const [pull] = repository.pulls;
    assert.deepEqual([pull?.title, pull?.draft], ['To be finished: Update the template', false]);
    await offer('another conflict\n', true);
    assert.deepEqual([pull?.title, repository.pulls.length], ['To be finished: Update the template', 1]);
  });

  it('asks for nothing when the same change is offered already', async () => {
    const { double, fleet, repository, offer } = await started();
    await offer('one\n');
    const seen = await repositoryOf(fleet, 'weather');
    const before = double.requests.length;
    const outcome = await fleet.propose(seen, proposalFor(seen, { 'build_tools/test.sh': 'one\n' }), signal);
    assert.deepEqual([outcome.outcome, double.requests.length - before], ['current', 0]);
    assert.equal(outcome.url, `${double.gitUrl}/acme/weather/pull/1`);
    assert.equal(repository.pulls.length, 1);
  });

  it('takes no for an answer, until the change is another one', async () => {
    const { repository, offer } = await started();
    await offer('one\n');
    const [pull] = repository.pulls;
    assert.ok(pull);
    pull.state = 'closed';
    assert.deepEqual(await offer('one\n'), {
      outcome: 'left',
      url: `${(await offer('one\n')).url}`,
      reason: 'it was closed; reopen it to take it after all',
    });
    assert.equal((await offer('two\n')).outcome, 'opened');
    assert.deepEqual(
      repository.pulls.map(({ state }) => state),
      ['closed', 'open'],
    );
  });

  it('opens another one after the first was merged, also when its branch still stands', async () => {
    const { double, repository, offer } = await started();
    await offer('one\n');
    const [pull] = repository.pulls;
    assert.ok(pull);
    await seedCommit(double, repository, { 'build_tools/test.sh': 'solved\n' }, UPDATE_BRANCH);
    await mergePull(double.state, repository, pull);
    assert.equal((await offer('two\n')).outcome, 'opened');
    assert.equal(repository.pulls.length, 2);
  });

  it('closes what was offered with a word when the repository has caught up', async () => {
    const { repository, offer } = await started();
    await offer('one\n');
    assert.equal((await offer(undefined)).outcome, 'withdrawn');
    const [pull] = repository.pulls;
    assert.equal(pull?.state, 'closed');
    assert.deepEqual(
      pull?.comments.map(({ body }) => body),
      ['The repository has caught up with its template by itself, so there is nothing left to merge here.'],
    );
  });

  it('moves its branch only from where it was seen', async () => {
    const { double, fleet, repository, offer } = await started();
    await offer('one\n');
    const seen = await repositoryOf(fleet, 'weather');
    let theirs = '';
    double.observe = (request, phase) => {
      if (phase === 'after' && request.operation?.endsWith('/git/commits') && theirs === '') {
        theirs = 'meanwhile';
        void seedCommit(double, repository, { 'README.md': 'theirs\n' }, UPDATE_BRANCH).then((commit) => {
          theirs = commit;
        });
      }
    };
    const outcome = await fleet.propose(seen, proposalFor(seen, { 'build_tools/test.sh': 'two\n' }), signal);
    assert.equal(outcome.outcome, 'left');
    assert.match(
      outcome.reason ?? '',
      /^GitHub does not move its branch: Expected refs\/heads\/hermes\/update/,
    );
  });

  it('sees settings, archived repositories, and repositories of others', async () => {
    const { double, fleet, repository } = await started();
    repository.teams.set('weather', 'push');
    const old = await seedRepository(double, 'old', files);
    old.archived = true;
    await seedRepository(double, 'foreign', { 'README.md': 'x' });
    const all = await listed(fleet);
    assert.deepEqual(all.get('weather')?.settings, { environments: [], rulesets: [], teams: ['weather'] });
    assert.equal(all.get('old')?.isArchived, true);
    assert.equal(all.get('foreign')?.record, undefined);
    assert.equal(repository.archived, false);
  });

  it('sees what a ruleset asks for, of whom, and whether it is switched off', async () => {
    const { double, fleet, repository } = await started();
    const ruleset = {
      name: 'hermes',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        { type: 'deletion' },
        {
          type: 'required_status_checks',
          parameters: { required_status_checks: [{ context: 'test the pull request' }] },
        },
      ],
      bypassActors: [{ actor_type: 'OrganizationAdmin' }],
      createdAt: double.state.now(),
      updatedAt: double.state.now(),
    };
    repository.rulesets.set(1, { ...ruleset, id: 1 });
    repository.rulesets.set(2, { ...ruleset, id: 2, name: 'off', enforcement: 'disabled' });
    const found = await repositoryOf(fleet, 'weather');
    const seen = {
      includes: ['~DEFAULT_BRANCH'],
      excludes: [],
      rules: ['deletion', 'required_status_checks'],
      checks: ['test the pull request'],
      bypass: ['organization admins'],
    };
    assert.deepEqual(found.settings?.rulesets, [
      { ...seen, name: 'hermes', isActive: true },
      { ...seen, name: 'off', isActive: false },
    ]);
  });

  it('reads five hundred repositories by some twenty questions, and halves one that is too much', async () => {
    const { double, fleet, repository } = await started();
    const names = Array.from({ length: 499 }, (_, index) => `copy-${String(index).padStart(3, '0')}`);
    seedCopies(double, repository, names);
    double.fail({
      matches: ({ body }) =>
        body.includes('nodes(ids') && (JSON.parse(body).variables.ids as string[]).length > 20,
      phase: 'before',
      times: 4,
      outcome: { status: 502, body: { message: 'Server Error' } },
    });
    const all = await listed(fleet);
    assert.equal(all.size, 500);
    assert.ok([...all.values()].every(({ trouble }) => trouble === undefined));
    assert.ok(double.requests.length <= 40, String(double.requests.length));
  });

  it('tells of a single repository that GitHub cannot answer for', async () => {
    const { double, fleet, repository } = await started();
    seedCopies(double, repository, ['finance', 'traffic']);
    const bad = `R_${repository.id}`;
    double.fail({
      matches: ({ body }) => body.includes('nodes(ids') && body.includes(bad),
      phase: 'before',
      times: Number.POSITIVE_INFINITY,
      outcome: { status: 502, body: { message: 'Server Error' } },
    });
    const all = await listed(fleet);
    assert.deepEqual(
      [...all].map(([name, { trouble }]) => [name, trouble]),
      [
        ['finance', undefined],
        ['traffic', undefined],
        ['weather', 'Server Error'],
      ],
    );
  });

  it('does without what an older server does not know', async () => {
    const { fleet, repository, offer } = await started({
      features: { rulesets: false, enterpriseVersion: '3.10.0' },
    });
    await offer('one\n');
    assert.equal((await offer('two\n')).outcome, 'refreshed');
    assert.equal(repository.pulls.length, 1);
    const all = await listed(fleet);
    assert.deepEqual(all.get('weather')?.settings, { teams: [] });
    assert.equal(all.get('weather')?.record, '{}\n');
  });

  it('says when there is no such organisation or repository', async () => {
    const { double } = await started();
    const github = await openDouble(double);
    await assert.rejects(listed(createGitHubFleet(github, 'nobody')), {
      code: 'HERMES_NO_ORGANISATION',
      message: 'Cannot list the repositories of nobody: GitHub knows no organisation or user of that name.',
      nextStep: 'Check the name, and that the token may see the organisation.',
    });
    const named = createGitHubFleet(github, 'acme').list(
      { record: 'x', folders: [], names: ['wether'] },
      signal,
    );
    await assert.rejects(named[Symbol.asyncIterator]().next(), {
      code: 'HERMES_NO_REPOSITORY',
      message:
        "Cannot find repository acme/wether: Could not resolve to a Repository with the name 'acme/wether'.",
    });
  });
});
