import type { SeenRequest } from './faults.ts';

/** A request as a judge needs it. */
export type RecordedRequest = Pick<SeenRequest, 'method' | 'path' | 'operation' | 'body'>;

const recorded = new Map<string, RecordedRequest>();

/** Keeps each kind of request once: names of repositories differ from test to test, what is asked does not. */
export function recordRequest({ method, path, operation, body }: SeenRequest): void {
  if (operation === undefined) return;
  const query = path.split('?')[1] ?? '';
  const key = `${method} ${operation} ${query} ${body}`;
  if (!recorded.has(key)) recorded.set(key, { method, path, operation, body });
}

/** What the tests of this process asked of GitHub so far. */
export function recordedRequests(): readonly RecordedRequest[] {
  return [...recorded.values()];
}
