import { readFileSync } from 'node:fs';
import { z } from 'zod';

const eventSchema = z.object({ repository: z.object({ default_branch: z.string().min(1) }) });

/**
 * The default branch as GitHub tells it in the file of the event that started a workflow; undefined when there is no
 * such file, or it says nothing.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
 * @param path value of `GITHUB_EVENT_PATH`
 */
export function readEventDefaultBranch(path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined;
  try {
    return eventSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data?.repository.default_branch;
  } catch {
    return undefined;
  }
}
