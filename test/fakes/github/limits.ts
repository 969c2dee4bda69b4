import { type Refusal, type Reply, refuse } from './reply.ts';

/** GitHub's limits (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api). */
export interface RateLimits {
  readonly requestsPerHour: number;
  readonly pointsPerMinute: number;
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  readonly atOnce: number;
}

export const GITHUB_LIMITS: RateLimits = {
  requestsPerHour: 5000,
  pointsPerMinute: 900,
  contentPerMinute: 80,
  contentPerHour: 500,
  atOnce: 100,
};

interface Spent {
  readonly at: number;
  readonly points: number;
  readonly isContent: boolean;
}

/** Counts requests by the given time and refuses what is too much. */
export function countRequests(limits: RateLimits, now: () => Date) {
  let hour = Number.NaN;
  let used = 0;
  let recent: Spent[] = [];
  const window = () => Math.floor(now().getTime() / HOUR) * HOUR;
  return {
    /** @throws Refusal when it is too much */
    admit(request: {
      readonly isRead: boolean;
      readonly isContent: boolean;
      readonly inFlight: number;
    }): void {
      if (window() !== hour) [hour, used] = [window(), 0];
      if (used >= limits.requestsPerHour) throw refuse(403, 'API rate limit exceeded for user ID 1.');
      const at = now().getTime();
      recent = recent.filter((one) => at - one.at < HOUR);
      const within = (span: number) => recent.filter((one) => at - one.at < span);
      const points = within(MINUTE).reduce((sum, one) => sum + one.points, 0);
      const content = (span: number) => within(span).filter(({ isContent }) => isContent).length;
      if (request.inFlight > limits.atOnce) throw secondaryLimit(60);
      if (points >= limits.pointsPerMinute) throw secondaryLimit(60);
      if (request.isContent && content(MINUTE) >= limits.contentPerMinute) throw secondaryLimit(60);
      if (request.isContent && content(HOUR) >= limits.contentPerHour) throw secondaryLimit(3600);
      recent.push({ at, points: request.isRead ? 1 : 5, isContent: request.isContent });
    },
    /** Counts one that was answered; an answer "not modified" is free. */
    spend(reply: Reply): void {
      if (reply.status !== 304) used += 1;
    },
    headers(): Record<string, string> {
      return {
        'x-ratelimit-limit': String(limits.requestsPerHour),
        'x-ratelimit-remaining': String(Math.max(0, limits.requestsPerHour - used)),
        'x-ratelimit-used': String(used),
        'x-ratelimit-reset': String((window() + HOUR) / 1000),
        'x-ratelimit-resource': 'core',
      };
    },
  };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How GitHub refuses haste. */
function secondaryLimit(retryAfterSeconds: number): Refusal {
  const message =
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.';
  const documentation_url =
    'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits';
  return refuse(403, message, { documentation_url }, { 'retry-after': String(retryAfterSeconds) });
}
