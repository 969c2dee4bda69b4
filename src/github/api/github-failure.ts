import {
  ConfigError,
  ConnectionError,
  HermesError,
  type HermesErrorOptions,
  RemoteError,
} from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import type { GitHub } from './github-client.ts';
import { missingRight, nameOf, type Right } from './missing-right.ts';
import { type RequestFailure, requestFailure } from './request-failure.ts';

// GitHub's words to a member of an organisation whose owners alone create repositories.
const CREATION_REFUSED = /admin access to the organization before adding a repository/i;

/** What failed, for whom. */
export interface FailedRequest {
  readonly github: GitHub;
  /** The organisation. */
  readonly owner: string;
  /** Continues `Cannot …`: `create repository weather`. */
  readonly action: string;
  readonly right: Right;
  /** Said after the next step: how to go on once the cause is gone. */
  readonly again?: string;
}

/**
 * Makes an error of Hermes from a refusal of GitHub: which right is missing and where it is granted, what to do.
 * Errors that are none of a request come back as they are.
 */
export function githubFailure(error: unknown, failed: FailedRequest): unknown {
  if (error instanceof HermesError) return error;
  const failure = requestFailure(error);
  if (failure === undefined) return error;
  const { status } = failure;
  if (failure.isPage && status < 500) return notGitHub(failure, failed, error);
  if (status === 0) return unreachable(failure, failed, error);
  if (status === 401) return signInRefused(failure, failed, error);
  if (status >= 500) return inTrouble(failure, failed, error);
  const forbidden = status === 403 ? forbiddenFor(failure, failed, error) : undefined;
  if (forbidden !== undefined) return forbidden;
  if (status === 403 || status === 404) return notAllowed(failure, failed, error);
  return new ConfigError(`Cannot ${failed.action}: GitHub refuses it: ${wordsOf(failure)}`, {
    ...optionsOf('HERMES_GITHUB_REFUSED', failure, error),
    nextStep: next(failed, 'Correct what it names.'),
  });
}

/** A page for people came where GitHub's API sends objects. */
function notGitHub(failure: RequestFailure, failed: FailedRequest, cause: unknown): HermesError {
  const { github, action } = failed;
  return new ConfigError(`Cannot ${action}: ${github.apiUrl} does not answer as GitHub does.`, {
    ...optionsOf('HERMES_GITHUB_ADDRESS_BAD', failure, cause),
    nextStep:
      'Correct the address. That of a GitHub Enterprise Server is https://HOST/api/v3: --github-host HOST.',
  });
}

function unreachable(failure: RequestFailure, failed: FailedRequest, cause: unknown): HermesError {
  const reason = printableLine(failure.message);
  return new ConnectionError(`Cannot ${failed.action}: GitHub cannot be reached: ${reason}`, {
    code: 'HERMES_GITHUB_UNREACHABLE',
    facts: { api: failed.github.apiUrl },
    nextStep: next(
      failed,
      'Check the address and the network. Behind a proxy, set NODE_USE_ENV_PROXY=1 beside HTTPS_PROXY.',
    ),
    cause,
  });
}

function signInRefused(failure: RequestFailure, failed: FailedRequest, cause: unknown): HermesError {
  const { github } = failed;
  const isApp = github.credential.kind === 'app';
  return new ConnectionError(
    `Cannot ${failed.action}: GitHub does not know ${nameOf(github)} (${wordsOf(failure)}).`,
    {
      ...optionsOf('HERMES_GITHUB_SIGN_IN', failure, cause),
      nextStep: isApp
        ? 'Check HERMES_GITHUB_APP_ID and the key of HERMES_GITHUB_APP_KEY_FILE.'
        : `It has expired, was revoked, or is not whole. Make another: ${github.webUrl}/settings/tokens`,
    },
  );
}

function inTrouble(failure: RequestFailure, failed: FailedRequest, cause: unknown): HermesError {
  return new RemoteError(`Cannot ${failed.action}: GitHub is in trouble: ${wordsOf(failure)}`, {
    ...optionsOf('HERMES_GITHUB_TROUBLE', failure, cause),
    nextStep: next(failed, 'See https://www.githubstatus.com'),
  });
}

/** Refusals that have nothing to do with a single right. */
function forbiddenFor(
  failure: RequestFailure,
  failed: FailedRequest,
  cause: unknown,
): HermesError | undefined {
  const { github, action, owner } = failed;
  const signOn = /url=(\S+)/.exec(failure.headers['x-github-sso'] ?? '')?.[1];
  if (signOn !== undefined) {
    return new ConnectionError(`Cannot ${action}: ${owner} wants single sign-on for ${nameOf(github)}.`, {
      ...optionsOf('HERMES_GITHUB_SSO', failure, cause),
      nextStep: next(failed, `Authorise it: ${signOn}`),
    });
  }
  if (/\bIP allow list\b/i.test(failure.message)) {
    return new ConnectionError(`Cannot ${action}: ${owner} does not let this machine's address in.`, {
      ...optionsOf('HERMES_GITHUB_ADDRESS', failure, cause),
      nextStep: next(
        failed,
        `Use a network on the list of ${github.webUrl}/organizations/${owner}/settings/security`,
      ),
    });
  }
  if (CREATION_REFUSED.test(failure.message) && isPersons(github)) {
    return new ConnectionError(`Cannot ${action}: ${owner} does not let its members create repositories.`, {
      ...optionsOf('HERMES_GITHUB_NOT_ALLOWED', failure, cause),
      nextStep: next(
        failed,
        `Ask an owner of ${owner} to allow it, or to run this command: ${github.webUrl}/organizations/${owner}/settings/member_privileges`,
      ),
    });
  }
  if (/\barchived\b/i.test(failure.message)) {
    return new ConfigError(`Cannot ${action}: the repository is archived.`, {
      ...optionsOf('HERMES_GITHUB_ARCHIVED', failure, cause),
      nextStep: next(failed, 'Take it out of the archive in its settings.'),
    });
  }
  return undefined;
}

/** Whether a person made the token; GitHub says the same to the token of a workflow. */
function isPersons({ credential }: GitHub): boolean {
  return credential.kind === 'token' && !credential.token.startsWith('ghs_');
}

/** GitHub says 404 of what a token may not see. */
function notAllowed(failure: RequestFailure, failed: FailedRequest, cause: unknown): HermesError {
  const { github, action, owner, right } = failed;
  const why =
    failure.status === 404 ? 'there is no such thing, or the token may not see it' : wordsOf(failure);
  return new ConnectionError(`Cannot ${action}: GitHub does not allow it: ${why}`, {
    ...optionsOf('HERMES_GITHUB_NOT_ALLOWED', failure, cause),
    nextStep: next(failed, missingRight(right, failure, github, owner)),
  });
}

function next({ again }: FailedRequest, step: string): string {
  return again === undefined ? step : `${step}\n${again}`;
}

function wordsOf({ message }: RequestFailure): string {
  return printableLine(message.replace(/ - https:\/\/docs\.github\.com\S*$/, ''));
}

function optionsOf(
  code: string,
  { method, path, status, headers }: RequestFailure,
  cause: unknown,
): HermesErrorOptions {
  const facts = { request: `${method} ${path}`, status, id: headers['x-github-request-id'] };
  return { code, facts, cause };
}
