import type { Octokit } from '@octokit/core';
import type { PaginateInterface } from '@octokit/plugin-paginate-rest';
import type { Clock } from '../../core/clock.ts';
import { hermesVersion } from '../../core/package-root.ts';
import { webUrlOf } from './github-address.ts';
import { createTokens, type GitHubCredential } from './github-credential.ts';
import { GITHUB_PACE, openGate, type Pace } from './request-pace.ts';
import { type Limits, sendPatiently } from './send-patiently.ts';

/** Where GitHub is, and who asks. */
export interface GitHubAccess {
  /** `https://api.github.com`, or `https://HOST/api/v3`; without a slash at its end. */
  readonly apiUrl: string;
  readonly credential: GitHubCredential;
}

export interface GitHubOptions {
  readonly clock: Clock;
  /** Ends every request and every wait. */
  readonly signal: AbortSignal;
  /** Gets a sentence before a wait that a person would notice. */
  readonly onWait?: (sentence: string) => void;
  readonly pace?: Partial<Pace>;
  readonly limits?: Partial<Limits>;
}

/** GitHub's REST API, asked at the pace that GitHub allows. */
export interface GitHub {
  readonly apiUrl: string;
  /** Address of the pages for people: `https://github.com`. */
  readonly webUrl: string;
  readonly credential: GitHubCredential;
  /**
   * Sends one request by its route, `GET /repos/{owner}/{repo}`; types come from GitHub's own description.
   * Throws octokit's `RequestError`; {@link file://./github-failure.ts} makes a sentence of it.
   */
  readonly request: Octokit['request'];
  /** All pages of a list. */
  readonly paginate: PaginateInterface;
  readonly graphql: Octokit['graphql'];
  /** What git signs in with, as the password of `x-access-token`. */
  readonly gitToken: () => Promise<string>;
  /** The same, whose requests and waits a further signal ends. */
  readonly until: (signal: AbortSignal) => GitHub;
}

/** Nobody hears of what octokit would print. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
// https://docs.github.com/en/rest/about-the-rest-api/api-versions
const API_VERSION = '2022-11-28';

/**
 * Opens GitHub's API; no request is sent before the first call. Loads octokit, so import it only where GitHub is meant.
 * Its own retry and throttling plugins are not used: their waits know neither a signal nor a clock, and they repeat
 * every POST.
 */
export async function openGitHub(access: GitHubAccess, options: GitHubOptions): Promise<GitHub> {
  const [{ Octokit: Core }, { paginateRest }] = await Promise.all([
    import('@octokit/core'),
    import('@octokit/plugin-paginate-rest'),
  ]);
  const Client = Core.plugin(paginateRest);
  const { apiUrl, credential } = access;
  const tokens = createTokens(credential, apiUrl, options);
  const gate = openGate({ ...GITHUB_PACE, ...options.pace }, options.clock);
  const open = (signal: AbortSignal): GitHub => {
    const octokit = new Client({
      baseUrl: apiUrl,
      userAgent: `hermes/${hermesVersion}`,
      log: SILENT,
      request: { log: SILENT },
    });
    octokit.hook.wrap('request', async (request, endpoint) => {
      signal.throwIfAborted();
      const token = await tokens();
      endpoint.headers['x-github-api-version'] = API_VERSION;
      if (token !== undefined) endpoint.headers.authorization = `token ${token}`;
      return sendPatiently(request, endpoint, { ...options, signal, gate });
    });
    const github: GitHub = {
      apiUrl,
      webUrl: webUrlOf(apiUrl),
      credential,
      request: octokit.request,
      paginate: octokit.paginate,
      graphql: octokit.graphql,
      gitToken: async () => (await tokens()) ?? '',
      until: (further) => (further === signal ? github : open(AbortSignal.any([signal, further]))),
    };
    return github;
  };
  return open(options.signal);
}
