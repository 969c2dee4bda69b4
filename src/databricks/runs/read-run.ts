import type { JsonObject } from '../../core/json.ts';
import type { Transport } from '../http/transport.ts';
import { list, text } from './parse-run.ts';

/**
 * The reply of `runs/get` with all pages in one: API 2.2 gives at most 100 tasks at a time.
 * https://docs.databricks.com/api/workspace/jobs/getrun
 */
export async function readRun(
  send: Transport,
  runId: string,
  more: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<JsonObject> {
  const page = (token: string) =>
    send(
      {
        method: 'GET',
        path: '/api/2.2/jobs/runs/get',
        query: { run_id: runId, ...more, ...(token === '' ? {} : { page_token: token }) },
        action: `read run ${runId}`,
        repeatable: true,
      },
      signal,
    );
  const first = await page('');
  const tasks: JsonObject[] = [...list(first.tasks)];
  for (let token = text(first.next_page_token); token !== ''; ) {
    const next = await page(token);
    tasks.push(...list(next.tasks));
    token = text(next.next_page_token);
  }
  return { ...first, tasks };
}
