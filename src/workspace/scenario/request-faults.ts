import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';
import { type Clock, systemClock } from '../../core/clock.ts';
import { reply } from '../routes/request.ts';
import type { AppTypes } from '../server/parts.ts';
import { fitsPattern } from './pattern.ts';
import { type RateGuard, rateGuard } from './rate-limits.ts';
import type { Refusal, RequestRule } from './request-rule.ts';
import type { RateLimit } from './scenario.ts';
import { isTurn } from './turns.ts';

export interface FaultOptions {
  readonly rules: readonly RequestRule[];
  readonly limits: readonly RateLimit[];
  readonly clock: Clock;
  /** Name of the user whose token or session a request carries; '' for nobody. */
  readonly userOf: (c: Context<AppTypes>) => string;
}

const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  409: 'RESOURCE_CONFLICT',
  429: 'REQUEST_LIMIT_EXCEEDED',
  500: 'INTERNAL_ERROR',
  501: 'NOT_IMPLEMENTED',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** Refuses, delays and cuts the requests that the rules of a scenario speak of. */
export function requestFaults(options: FaultOptions): MiddlewareHandler<AppTypes> {
  const guard = rateGuard(options.limits, options.clock);
  const counts = new Map<RequestRule, number>();
  return async (c, next) => {
    if (isOverLimit(guard, options, c)) return refusalReply({ status: 429, message: LIMIT_TEXT });
    const rule = ruleFor(c, options, counts);
    if (rule === undefined) return next();
    if (rule.delayMs > 0) await systemClock.sleep(rule.delayMs, c.req.raw.signal);
    if (rule.refusal !== undefined) return refusalReply(rule.refusal);
    if (rule.connection === 'drop_before') return drop(c);
    await next();
    const sent =
      rule.connection === 'drop_after'
        ? drop(c)
        : rule.cutAfterBytes === undefined
          ? undefined
          : await cut(c, rule.cutAfterBytes);
    if (sent === undefined) return undefined;
    // Without this the answer would be made of both, and sent again.
    c.res = undefined;
    c.res = sent;
    return undefined;
  };
}

const LIMIT_TEXT = 'Current request has exceeded the rate limit. Please retry your request later.';

function isOverLimit(guard: RateGuard, { limits, userOf }: FaultOptions, c: Context<AppTypes>): boolean {
  return limits.length > 0 && guard(c.req.method, c.req.path, userOf(c));
}

/** The first rule whose turn it is; every rule that fits counts the request. */
function ruleFor(
  c: Context<AppTypes>,
  { rules, userOf }: FaultOptions,
  counts: Map<RequestRule, number>,
): RequestRule | undefined {
  let chosen: RequestRule | undefined;
  for (const rule of rules) {
    if ((rule.method ?? c.req.method) !== c.req.method) continue;
    if (rule.path !== undefined && !fitsPattern(c.req.path, rule.path)) continue;
    if (rule.user !== undefined && !fitsPattern(userOf(c), rule.user)) continue;
    const count = (counts.get(rule) ?? 0) + 1;
    counts.set(rule, count);
    if (isTurn(rule, count)) chosen ??= rule;
  }
  return chosen;
}

function refusalReply({ status, retryAfter, errorCode, message, body }: Refusal): Response {
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  if (body !== undefined)
    return new Response(body, {
      status,
      headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    });
  const code = errorCode ?? CODES[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR');
  return reply({ error_code: code, message: message ?? 'Refused by the scenario.' }, status, headers);
}

function drop(c: Context<AppTypes>): Response {
  c.env.incoming?.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

/** Promises the whole body, sends the first bytes of it, and cuts the connection. */
async function cut(c: Context<AppTypes>, bytes: number): Promise<Response> {
  const { outgoing } = c.env;
  const body = Buffer.from(await c.res.arrayBuffer());
  const headers = { ...Object.fromEntries(c.res.headers), 'content-length': String(body.length) };
  outgoing?.writeHead(c.res.status, headers);
  outgoing?.write(body.subarray(0, bytes), () => outgoing.destroy());
  return RESPONSE_ALREADY_SENT;
}
