import type { Context } from 'hono';
import type { AppTypes } from '../server/parts.ts';
import { type PageName, renderContent, renderPage } from './render.ts';

const SECTIONS = [
  { name: 'Runs', url: '/' },
  { name: 'DAGs', url: '/dags' },
  { name: 'Jobs', url: '/jobs' },
  { name: 'Artifacts', url: '/artifacts' },
  { name: 'Tables', url: '/tables' },
  { name: 'Policies', url: '/policies' },
];

/** Asks for the content of a page without its frame: how a page that is open keeps itself up to date. */
const PART_HEADER = 'hermes-part';

/** Whether an open page asks for what changed of it. */
export function isRefresh(c: Context<AppTypes>): boolean {
  return c.req.header(PART_HEADER) !== undefined;
}

/** Answers a page for someone who is signed in. */
export function page(
  c: Context<AppTypes>,
  name: PageName,
  title: string,
  values: object,
  hasLog = false,
): Response {
  if (isRefresh(c)) return c.html(renderContent(name, values)) as Response;
  return c.html(renderPage(name, { ...frameOf(c, title), hasLog }, values)) as Response;
}

/** Says no, or that there is nothing; `helpers` are those who can give access. */
export function refuse(
  c: Context<AppTypes>,
  message: string,
  status: 403 | 404 | 500,
  helpers: readonly string[] = [],
): Response {
  return c.html(renderPage('refused', frameOf(c, message), { message, helpers }), status) as Response;
}

/** Headers of every page: nothing but our own style and script runs, and no other site may show it. */
export function securityHeaders(nonce: string): Record<string, string> {
  return {
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

function frameOf(c: Context<AppTypes>, title: string) {
  const { path } = c.req;
  const isRun = path === '/' || /^\/jobs\/\d+\/runs\//.test(path);
  const isHere = (url: string): boolean =>
    url === '/' ? isRun : !isRun && (path === url || path.startsWith(`${url}/`));
  const userName = c.var.who?.userName;
  return {
    title,
    nonce: c.var.nonce,
    ...(userName === undefined ? {} : { userName }),
    ...(c.var.scenario === undefined ? {} : { scenario: c.var.scenario }),
    sections: SECTIONS.map((section) => ({ ...section, isHere: isHere(section.url) })),
  };
}
