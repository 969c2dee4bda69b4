import assert from 'node:assert/strict';
import { resolveHome } from '../../../src/config/home.ts';
import { ciEnvironment, keptSignIns } from '../../../src/github/hook/ci-environment.ts';

const subject = {
  repository: 'weather',
  number: 7,
  branch: 'x$(touch y)',
  commit: 'b'.repeat(40),
  before: 'a'.repeat(40),
  buildFolder: '/tmp/build',
  log: '/home/ana/a b/log.txt',
};

describe('the environment of CI', () => {
  const home = resolveHome('/home/ana', {});

  it('keeps the secrets and the git of whoever pushed outside', () => {
    const pusher = {
      PATH: '/usr/bin',
      HOME: '/home/ana',
      https_proxy: 'http://proxy:3128',
      PIP_INDEX_URL: 'https://pypi.example.com',
      GIT_DIR: '.',
      GIT_QUARANTINE_PATH: '/q',
      AWS_SECRET_ACCESS_KEY: 'secret',
      DATABRICKS_TOKEN: 'secret',
      GITHUB_ACTIONS: 'true',
      NODE_OPTIONS: '--inspect',
    };
    const names = Object.keys(ciEnvironment(pusher, home, subject));
    assert.deepEqual(names.filter((name) => name in pusher).sort(), [
      'HOME',
      'PATH',
      'PIP_INDEX_URL',
      'https_proxy',
    ]);
  });

  it('knows which profile of AWS and which place is meant, by no key, and names what it leaves out', () => {
    const pusher = {
      AWS_PROFILE: 'acme-dev',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_S3: 'https://s3.example.com',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: '',
      AWS_PAGER: 'less',
    };
    const env = ciEnvironment(pusher, home, subject);
    assert.deepEqual(
      Object.keys(env).filter((name) => name.startsWith('AWS_')),
      ['AWS_PROFILE', 'AWS_REGION', 'AWS_ENDPOINT_URL_S3'],
    );
    assert.deepEqual(keptSignIns(pusher), ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
  });

  it('looks like a push on Travis, with this Hermes first on the PATH', () => {
    const env = ciEnvironment({ PATH: '/usr/bin' }, home, subject);
    assert.equal(env.PATH, '/home/ana/.hermes/bin:/usr/bin');
    assert.equal(env.HERMES_HOME, '/home/ana/.hermes');
    assert.equal(env.TRAVIS_EVENT_TYPE, 'push');
    assert.equal(env.TRAVIS_BRANCH, 'x$(touch y)');
    assert.equal(env.TRAVIS_PULL_REQUEST, 'false');
    assert.equal(env.TRAVIS_COMMIT_RANGE, `${subject.before}...${subject.commit}`);
    assert.equal(env.TRAVIS_BUILD_WEB_URL, 'file:///home/ana/a%20b/log.txt');
    assert.equal(ciEnvironment({}, home, { ...subject, before: undefined }).TRAVIS_COMMIT_RANGE, '');
  });
});
