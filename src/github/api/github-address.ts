/** github.com. */
export const GITHUB_API = 'https://api.github.com';

/**
 * Base address of the REST API of a host: github.com, a tenant of GHE.com, or an own GitHub Enterprise Server
 * (https://docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/getting-started-with-the-rest-api).
 */
export function apiUrlOf(host: string): string {
  const name = host.toLowerCase();
  if (name === 'github.com' || name === 'api.github.com') return GITHUB_API;
  return name.endsWith('.ghe.com') ? `https://api.${name.replace(/^api\./, '')}` : `https://${name}/api/v3`;
}

/** Address of the pages for people that belong to an API. */
export function webUrlOf(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\.(?=github\.com$|.*\.ghe\.com$)/, '')}`;
}
