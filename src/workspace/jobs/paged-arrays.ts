import type { Json, JsonObject } from '../../core/json.ts';
import { invalidParameter } from '../wire/api-error.ts';

const PAGE = 100;

/** A reply of which the long lists show one page, with the token of the next one. */
export interface PagedReply {
  readonly reply: JsonObject;
  readonly next?: string;
}

/**
 * Cuts the named lists of a reply to 100 items from where the token points; a list that is exhausted comes empty.
 * https://docs.databricks.com/reference/jobs-api-updates.html
 */
export function pageArrays(
  reply: JsonObject,
  names: readonly string[],
  token: string | undefined,
): PagedReply {
  const from = placeOf(token);
  const lists = names.flatMap((name): [string, readonly Json[]][] => {
    const list = reply[name];
    return Array.isArray(list) ? [[name, list]] : [];
  });
  const cut = Object.fromEntries(lists.map(([name, list]) => [name, list.slice(from, from + PAGE)]));
  const hasMore = lists.some(([, list]) => list.length > from + PAGE);
  return { reply: { ...reply, ...cut }, ...(hasMore ? { next: tokenOf(from + PAGE) } : {}) };
}

function tokenOf(from: number): string {
  return Buffer.from(`items:${from}`).toString('base64url');
}

function placeOf(token: string | undefined): number {
  if (!token) return 0;
  const from = /^items:(\d{1,5})$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  if (from === undefined) throw invalidParameter(`Invalid page token: ${token}`);
  return Number(from);
}
