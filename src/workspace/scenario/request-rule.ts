import { z } from 'zod';
import { milliseconds, pattern, seconds, turnKeys, turnsOf } from './run-rule.ts';
import type { Turns } from './turns.ts';

/** What becomes of certain requests. Times are milliseconds of the machine's clock. */
export interface RequestRule extends Turns {
  readonly method?: string;
  /** Pattern of the path, without the query. */
  readonly path?: string;
  /** Pattern of the user's name; nobody's request fits it. */
  readonly user?: string;
  readonly delayMs: number;
  /** Answer this instead of doing what was asked. */
  readonly refusal?: Refusal;
  /** Cut the connection: before anything is done, or after it is done and before it is answered. */
  readonly connection?: 'drop_before' | 'drop_after';
  /** Send so many bytes of the reply's body, then cut the connection. */
  readonly cutAfterBytes?: number;
}

/** An answer made up. */
export interface Refusal {
  readonly status: number;
  /** Whole seconds, for the header. */
  readonly retryAfter?: number;
  readonly errorCode?: string;
  readonly message?: string;
  /** The body as it is, instead of a JSON error: an HTML page of a proxy. */
  readonly body?: string;
}

const EFFECTS = ['status', 'connection', 'delay_seconds', 'cut_after_bytes'] as const;
const OF_STATUS = ['retry_after', 'error_code', 'message', 'body'] as const;

const fields = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  path: pattern.optional(),
  user: pattern.optional(),
  ...turnKeys,
  delay_seconds: seconds.optional(),
  status: z.int().min(400).max(599).optional(),
  retry_after: z.int().min(0).optional(),
  error_code: z.string().min(1).optional(),
  message: z.string().optional(),
  body: z.string().optional(),
  connection: z.enum(['drop_before', 'drop_after']).optional(),
  cut_after_bytes: z.int().min(0).optional(),
});

/** A rule for requests, as the file writes it. */
export const requestRuleSchema = fields
  .superRefine((rule, context) => {
    const add = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (EFFECTS.every((key) => rule[key] === undefined))
      add([], `it changes nothing: give one of ${EFFECTS.join(', ')}.`);
    const endings = (['status', 'connection', 'cut_after_bytes'] as const).filter(
      (key) => rule[key] !== undefined,
    );
    const [kept, other] = endings;
    if (kept !== undefined && other !== undefined) add([other], `it cannot stand beside ${kept}.`);
    if (rule.status !== undefined) return;
    for (const key of OF_STATUS.filter((name) => rule[name] !== undefined))
      add([key], 'it says how a refusal looks: give status too.');
  })
  .transform(({ nth, delay_seconds, cut_after_bytes, ...rest }): RequestRule => {
    const { status, retry_after, error_code, message, body, ...match } = rest;
    return {
      ...(match as Partial<RequestRule>),
      ...turnsOf(nth),
      delayMs: milliseconds(delay_seconds),
      ...(cut_after_bytes === undefined ? {} : { cutAfterBytes: cut_after_bytes }),
      ...(status === undefined
        ? {}
        : {
            refusal: {
              status,
              ...defined({ retryAfter: retry_after, errorCode: error_code, message, body }),
            },
          }),
    };
  });

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
