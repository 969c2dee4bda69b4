import type { SeenRequest } from './faults.ts';
import type { Reply } from './reply.ts';

/** Which GitHub was asked: that of everybody, Enterprise Cloud, or a server of one's own. */
export type Offer = 'everybody' | 'cloud' | 'server';

/** A request as a judge needs it, with the true reply when it got one. */
export interface RecordedRequest extends Pick<SeenRequest, 'method' | 'path' | 'operation' | 'body'> {
  readonly reply?: Pick<Reply, 'status' | 'body'>;
  readonly offer: Offer;
}

const recorded = new Map<string, RecordedRequest>();

/** Keeps each kind of request once: names of repositories differ from test to test, what is asked does not. */
export function recordRequest(
  { method, path, operation, body }: SeenRequest,
  { status, body: answer }: Reply,
  offer: Offer,
): void {
  const query = path.split('?')[1] ?? '';
  const key = JSON.stringify([method, operation, query, body, status, offer]);
  // GraphQL has a schema of its own, which answers it.
  const isRest = operation !== undefined && !operation.endsWith('/graphql');
  if (!isRest || recorded.has(key)) return;
  // The description is of JSON; a file may also be asked for as it is.
  const isRaw = typeof answer === 'string' || Buffer.isBuffer(answer);
  const reply = { status, body: answer === undefined ? undefined : JSON.parse(JSON.stringify(answer)) };
  recorded.set(key, { method, path, operation, body, offer, ...(isRaw ? {} : { reply }) });
}

/** What the tests of this process asked of GitHub so far. */
export function recordedRequests(): readonly RecordedRequest[] {
  return [...recorded.values()];
}
