/**
 * The page of a run that works for everyone who may see it. The API's `run_page_url` is the legacy form
 * `https://host/?o=1#job/2/run/3`, which sends people without admin rights to the home page
 * (https://github.com/databricks/cli/issues/5142). Another shape stays as it is.
 */
export function runPageUrl(url: string): string {
  const legacy = /^(https?:\/\/[^/?#]+)\/?(?:\?([^#]*))?#job\/(\d+)\/run\/(\d+)$/.exec(url);
  if (legacy === null) return url;
  const [, host, query, job, run] = legacy;
  const workspace = new URLSearchParams(query ?? '').get('o');
  return `${host}/jobs/${job}/runs/${run}${workspace === null ? '' : `?o=${encodeURIComponent(workspace)}`}`;
}
