/** Whether a `Host` header names this machine, so that the page that asks is not one of another site (DNS rebinding). */
export function isOwnHost(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/i.test(host ?? '');
}

/** Whether a request comes from no page of another site: programs send no `Origin`, and our own pages that of the host. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || origin.toLowerCase() === `http://${host?.toLowerCase()}`;
}

/**
 * Whether the target of a request is a path, or the whole address of a path of this machine: what a client sends to its
 * proxy. Another address would count for more than the `Host` header.
 */
export function isOwnTarget(target: string | undefined): boolean {
  return target === undefined || /^(http:\/\/(127\.0\.0\.1|localhost)(:\d{1,5})?)?\//i.test(target);
}
