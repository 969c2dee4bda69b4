import assert from 'node:assert/strict';
import { HermesError } from '../../../src/core/errors.ts';
import type { GitHub } from '../../../src/github/api/github-client.ts';
import type { GitHubCredential } from '../../../src/github/api/github-credential.ts';
import { githubFailure } from '../../../src/github/api/github-failure.ts';

const classic = { kind: 'token', token: 'ghp_x', source: 'GH_TOKEN' } as const;

/** What a person reads of a refusal. */
function read(
  status: number,
  message: string,
  headers: Record<string, string> = {},
  credential: GitHubCredential = classic,
): string[] {
  const request = { method: 'POST', url: 'https://api.github.com/orgs/acme/repos' };
  const answer = status === 0 ? {} : { response: { headers, data: { message } } };
  const refusal = Object.assign(new Error(message), { status: status || 500, request, ...answer });
  const error = githubFailure(refusal, {
    github: { apiUrl: 'https://api.github.com', webUrl: 'https://github.com', credential } as GitHub,
    owner: 'acme',
    action: 'create repository acme/weather',
    right: { permissions: ['Administration: write'], scopes: ['repo'] },
    again: 'Then run the same command again.',
  });
  assert.ok(error instanceof HermesError);
  return [error.code, String(error.exitCode), error.message, ...(error.nextStep?.split('\n') ?? [])];
}

describe('a refusal of GitHub', () => {
  const at = (status: number) => `[request=POST /orgs/acme/repos, status=${status}]`;

  it('names the scope that a classic token lacks, and its page', () => {
    assert.deepEqual(read(403, 'Must have admin rights', { 'x-oauth-scopes': 'gist, read:org' }), [
      'HERMES_GITHUB_NOT_ALLOWED',
      '3',
      `Cannot create repository acme/weather ${at(403)}: GitHub does not allow it: Must have admin rights`,
      'The token of GH_TOKEN lacks the scope repo. Edit the token at https://github.com/settings/tokens',
      'Then run the same command again.',
    ]);
  });

  it('says of a token with all scopes that its owner lacks the right', () => {
    assert.equal(
      read(403, 'no', { 'x-oauth-scopes': 'repo' })[3],
      'The token of GH_TOKEN has the scopes, so whoever made it lacks the right in the organisation itself. Ask an owner of acme.',
    );
  });

  it('sends a member who may create no repositories to the owners', () => {
    const words = 'You need admin access to the organization before adding a repository to it.';
    assert.deepEqual(read(403, words, { 'x-oauth-scopes': 'repo' }).slice(2, 4), [
      `Cannot create repository acme/weather ${at(403)}: acme does not let its members create repositories.`,
      'Ask an owner of acme to allow it, or to run this command: https://github.com/organizations/acme/settings/member_privileges',
    ]);
    assert.match(read(403, words, {}, { ...classic, token: 'ghs_x' })[3] ?? '', /the token of a workflow/);
  });

  it('knows what is not GitHub by its pages, and repeats none of them', () => {
    const page = { 'content-type': 'text/html; charset=utf-8' };
    assert.deepEqual(read(404, '<html>', page).slice(0, 4), [
      'HERMES_GITHUB_ADDRESS_BAD',
      '2',
      `Cannot create repository acme/weather ${at(404)}: https://api.github.com does not answer as GitHub does.`,
      'Correct the address. That of a GitHub Enterprise Server is https://HOST/api/v3: --github-host HOST.',
    ]);
    assert.equal(
      read(502, '<html>', page)[2],
      `Cannot create repository acme/weather ${at(502)}: GitHub is in trouble: a page instead of an answer (status 502)`,
    );
  });

  it('names the permission that GitHub asks of a fine-grained token', () => {
    const token = { ...classic, token: 'github_pat_x' };
    const headers = {
      'x-accepted-github-permissions': 'organization_administration=write,members=read; x=y',
    };
    assert.deepEqual(
      read(403, 'Resource not accessible by personal access token', headers, token).slice(2, 4),
      [
        `Cannot create repository acme/weather ${at(403)}: GitHub does not allow it: Resource not accessible by personal access token`,
        'It needs Organization administration: write and Members: read. Edit the token at https://github.com/settings/personal-access-tokens',
      ],
    );
  });

  it('leads to the installation of an App, and to gh for the token of gh', () => {
    const app = { kind: 'app', appId: '7', privateKey: '', owner: 'acme' } as const;
    assert.equal(
      read(403, 'Resource not accessible by integration', {}, app)[3],
      'It needs Administration: write. Grant it, for all repositories, and have it approved: https://github.com/organizations/acme/settings/installations',
    );
    assert.equal(
      read(404, 'Not Found', { 'x-oauth-scopes': '' }, { ...classic, source: 'gh auth token' })[3],
      'The token of gh auth token lacks the scope repo. Add it: gh auth refresh --scopes repo',
    );
    assert.equal(
      read(403, 'Resource not accessible by integration', {}, { ...classic, token: 'ghs_x' })[3],
      'It needs Administration: write. Let the App have it for all repositories: https://github.com/organizations/acme/settings/installations (the token of a workflow, github.token, cannot have it)',
    );
  });

  it('says of 404 what it may mean', () => {
    assert.equal(
      read(404, 'Not Found')[2],
      `Cannot create repository acme/weather ${at(404)}: GitHub does not allow it: there is no such thing, or the token may not see it`,
    );
  });

  it('leads to single sign-on', () => {
    const headers = {
      'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=A1',
    };
    assert.deepEqual(read(403, 'Resource protected by organization SAML enforcement.', headers), [
      'HERMES_GITHUB_SSO',
      '3',
      `Cannot create repository acme/weather ${at(403)}: acme wants single sign-on for the token of GH_TOKEN.`,
      'Authorise it: https://github.com/orgs/acme/sso?authorization_request=A1',
      'Then run the same command again.',
    ]);
  });

  it('tells an address that is not let in from a right that is missing', () => {
    const words =
      'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.';
    assert.deepEqual(read(403, words).slice(0, 4), [
      'HERMES_GITHUB_ADDRESS',
      '3',
      `Cannot create repository acme/weather ${at(403)}: acme does not let this machine's address in.`,
      'Use a network on the list of https://github.com/organizations/acme/settings/security',
    ]);
  });

  it('says of an expired token where another is made', () => {
    assert.deepEqual(read(401, 'Bad credentials'), [
      'HERMES_GITHUB_SIGN_IN',
      '3',
      `Cannot create repository acme/weather ${at(401)}: GitHub does not know the token of GH_TOKEN (Bad credentials).`,
      'It has expired, was revoked, or is not whole. Make another: https://github.com/settings/tokens',
    ]);
  });

  it('says of a network that fails, and of a GitHub that does, that it is not the user', () => {
    assert.deepEqual(read(0, 'connect ECONNREFUSED 127.0.0.1:1'), [
      'HERMES_GITHUB_UNREACHABLE',
      '3',
      'Cannot create repository acme/weather [api=https://api.github.com]: GitHub cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
      'Check the address and the network. Behind a proxy, set NODE_USE_ENV_PROXY=1 beside HTTPS_PROXY.',
      'Then run the same command again.',
    ]);
    assert.deepEqual(read(502, 'Server Error').slice(0, 4), [
      'HERMES_GITHUB_TROUBLE',
      '4',
      `Cannot create repository acme/weather ${at(502)}: GitHub is in trouble: Server Error`,
      'See https://www.githubstatus.com',
    ]);
  });

  it('leaves what is no refusal as it is', () => {
    const bug = new TypeError('x is not a function');
    const failed = { owner: 'acme', action: 'x', right: { permissions: [], scopes: [] } };
    assert.equal(githubFailure(bug, { ...failed, github: {} as GitHub }), bug);
  });
});
