import { invalidParameter } from '../wire/api-error.ts';

/** Longest path, and longest name of one part of it, in bytes. */
const PATH_LIMIT = 4_096;
const NAME_LIMIT = 255;

/**
 * A path of a tree in its one form: `/a/b`, no `//`, no slash at the end. Paths are names in a table and never of this
 * machine; what would mean another place to some reader (`..`, control characters) is refused all the same.
 * @throws ApiError for a text that is no absolute path
 */
export function parseTreePath(text: string): string {
  const shown = JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
  if (!text.startsWith('/')) throw invalidParameter(`Path (${text.slice(0, 200)}) doesn't start with '/'`);
  if (!text.isWellFormed() || Buffer.byteLength(text) > PATH_LIMIT)
    throw invalidParameter(`Path ${shown} is longer than ${PATH_LIMIT} bytes or not valid Unicode.`);
  const names = text.split('/').filter((name) => name !== '' && name !== '.');
  for (const name of names) {
    if (name === '..') throw invalidParameter(`Path ${shown} must not contain '..'.`);
    if (/\p{Cc}/u.test(name)) throw invalidParameter(`Path ${shown} must not contain control characters.`);
    if (Buffer.byteLength(name) > NAME_LIMIT)
      throw invalidParameter(`Path ${shown} has a name of more than ${NAME_LIMIT} bytes.`);
  }
  return `/${names.join('/')}`;
}

/** The path of the folder that holds a path; `''` for the root. */
export function parentOf(path: string): string {
  if (path === '/') return '';
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** The last name of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path and all folders above it, the root last. */
export function ancestorsOf(path: string): string[] {
  const above = parentOf(path);
  return above === '' ? [path] : [path, ...ancestorsOf(above)];
}

/**
 * The path at the end of a URL, as the client wrote it: each part is decoded once, `%2F` parts too. The request's own
 * bytes are read, since a URL parser would already have resolved `..`.
 * @param url Path and query of the request.
 * @param prefix What stands before the path, without a slash at its end.
 */
export function pathInUrl(url: string, prefix: string): string {
  const raw = url.split('?', 1)[0] ?? '';
  const start = raw.indexOf(prefix);
  const rest = start < 0 ? '' : raw.slice(start + prefix.length);
  try {
    return `/${decodeURIComponent(rest).replace(/^\/+/, '')}`;
  } catch {
    throw invalidParameter('The path in the URL is not valid percent-encoded UTF-8.');
  }
}
