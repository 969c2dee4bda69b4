/** The link of a run page, taken apart. */
export interface RunLink {
  /** `https://host`, as in a connection. */
  readonly host: string;
  readonly jobId: string;
  readonly runId: string;
}

/**
 * Reads the link of a run as a browser, a chat or a log gives it: `https://host/jobs/41/runs/1207?o=…`, or the legacy
 * form `https://host/?o=…#job/41/run/1207` of the API (https://github.com/databricks/cli/issues/5142).
 * Undefined for anything else, another page of the workspace included.
 */
export function parseRunLink(text: string): RunLink | undefined {
  const url = urlOf(text);
  if (url === undefined) return undefined;
  const path = /^\/jobs\/(\d+)\/runs\/(\d+)(?:\/|$)/.exec(url.pathname);
  const hash = /^#job\/(\d+)\/run\/(\d+)(?:\/|$)/.exec(url.hash);
  const [, jobId, runId] = path ?? hash ?? [];
  if (jobId === undefined || runId === undefined) return undefined;
  return { host: url.origin, jobId: BigInt(jobId).toString(), runId: BigInt(runId).toString() };
}

/** True for a text that was meant as a link, whatever it leads to. */
export function looksLikeLink(text: string): boolean {
  return /^[<"'(]*https?:\/\//i.test(text.trim()) || parseRunLink(text) !== undefined;
}

/** Chats wrap links as `<link|text>`, people end sentences with them, and some tools leave out `https://`. */
function urlOf(text: string): URL | undefined {
  const bare = text
    .trim()
    .replace(/^[<"'(]+/, '')
    .replace(/\|[^|]*>$/, '')
    .replace(/[>"').,;]+$/, '');
  const written = /^https?:\/\//i.test(bare) ? bare : `https://${bare}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  return url === undefined || url.hostname === '' ? undefined : url;
}
