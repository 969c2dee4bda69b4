/** Who signs the tokens of jobs on github.com. */
export const GITHUB_ISSUER = 'token.actions.githubusercontent.com';

/**
 * Who signs the tokens of a GitHub's jobs, without `https://`: the name of the identity provider in IAM, and of the keys
 * of its conditions. github.com, a tenant of GHE.com, or an own GitHub Enterprise Server
 * (https://docs.github.com/en/enterprise-server@latest/actions/reference/security/oidc).
 * @param host of the pages for people: `github.com`, `github.acme.com`
 */
export function tokenIssuer(host: string): string {
  const name = host.toLowerCase();
  if (name === 'github.com') return GITHUB_ISSUER;
  return name.endsWith('.ghe.com') ? `token.actions.${name}` : `${name}/_services/token`;
}
