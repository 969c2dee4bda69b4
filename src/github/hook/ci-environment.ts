import { delimiter } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Home } from '../../config/home.ts';

/** What a CI run is about. */
export interface CiSubject {
  readonly repository: string;
  readonly number: number;
  readonly branch: string;
  readonly commit: string;
  /** The branch's commit before the push, undefined for a branch that the push created. */
  readonly before: string | undefined;
  readonly buildFolder: string;
  readonly log: string;
}

// The machine's own settings that a build needs; everything else of the pusher's environment stays out. Of AWS those
// that say which profile and which place are meant, never a key.
const PASSED_ON =
  /^(HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|XDG_\w+|PIP_\w+|UV_\w+|PYENV_\w+|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|GIT_SSL_CAINFO|AWS_(DEFAULT_)?(PROFILE|REGION)|AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE|AWS_ENDPOINT_URL(_S3)?|AWS_CA_BUNDLE|AWS_EC2_METADATA_DISABLED|(https?|no|all)_proxy)$/i;

// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
const SIGN_IN =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|CONTAINER_\w+)$/;

/** Names of the variables by which the pusher is signed in to AWS, and CI is not. */
export function keptSignIns(base: NodeJS.ProcessEnv): readonly string[] {
  return Object.keys(base).filter((name) => SIGN_IN.test(name) && base[name] !== '');
}

/**
 * The environment of a CI run: clean, with the variables that Travis sets for a push
 * (https://docs.travis-ci.com/user/environment-variables#default-environment-variables).
 */
export function ciEnvironment(base: NodeJS.ProcessEnv, home: Home, subject: CiSubject): NodeJS.ProcessEnv {
  const machine = Object.fromEntries(Object.entries(base).filter(([name]) => PASSED_ON.test(name)));
  return {
    ...machine,
    PATH: [home.bin, base.PATH ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter),
    HERMES_HOME: home.root,
    CI: 'true',
    CONTINUOUS_INTEGRATION: 'true',
    TRAVIS: 'true',
    TRAVIS_EVENT_TYPE: 'push',
    TRAVIS_BRANCH: subject.branch,
    TRAVIS_TAG: '',
    TRAVIS_PULL_REQUEST: 'false',
    TRAVIS_PULL_REQUEST_BRANCH: '',
    TRAVIS_COMMIT: subject.commit,
    TRAVIS_COMMIT_RANGE: subject.before === undefined ? '' : `${subject.before}...${subject.commit}`,
    TRAVIS_REPO_SLUG: `local/${subject.repository}`,
    TRAVIS_BUILD_DIR: subject.buildFolder,
    TRAVIS_BUILD_NUMBER: String(subject.number),
    TRAVIS_BUILD_WEB_URL: pathToFileURL(subject.log).href,
    NO_COLOR: '1',
  };
}
