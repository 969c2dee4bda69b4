/** What is known of a request that did not succeed. */
export interface RequestFailure {
  readonly method: string;
  /** Without host and query. */
  readonly path: string;
  /** 0 when there was no answer. */
  readonly status: number;
  /** GitHub's own words, with those of `errors`. */
  readonly message: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Whether the request may have had its effect all the same: GitHub failed, or its answer was lost. */
  readonly isUncertain: boolean;
  /** Whether a page for people came, which is no answer of GitHub's API. */
  readonly isPage: boolean;
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly request: { readonly method: string; readonly url: string };
  readonly response?: {
    readonly headers: Readonly<Record<string, string | number | undefined>>;
    readonly data: unknown;
  };
}

/** What octokit's error says; undefined for an error that is none of a request. */
export function requestFailure(error: unknown): RequestFailure | undefined {
  if (!isRefusal(error)) return undefined;
  const { request, response } = error;
  // A failure of the network looks like a status 500 without an answer.
  const status = response === undefined ? 0 : error.status;
  const isPage = isPageType(response?.headers['content-type']);
  const headers = Object.entries(response?.headers ?? {}).map(([name, value]) => [
    name,
    value && String(value),
  ]);
  return {
    method: request.method,
    path: pathOf(request.url),
    status,
    message: isPage
      ? `a page instead of an answer (status ${status})`
      : (wordsOf(response?.data) ?? error.message),
    headers: Object.fromEntries(headers),
    isUncertain: status === 0 || status >= 500,
    isPage,
  };
}

/** Of an answer with this `Content-Type`. */
export function isPageType(contentType: unknown): boolean {
  return /^text\/html\b/i.test(String(contentType));
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'status' in error && 'request' in error;
}

function pathOf(url: string): string {
  return url.startsWith('http') ? new URL(url).pathname : url;
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
function wordsOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('message' in data)) return undefined;
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors : [];
  const more = errors.map((one: unknown) => (typeof one === 'string' ? one : wordsOf(one))).filter(Boolean);
  return [String(data.message), ...more].join(': ');
}
