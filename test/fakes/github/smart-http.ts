import { execFileSync, spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { tokenOf } from './access.ts';
import { changing } from './bare-repository.ts';
import { gitText } from './git-process.ts';
import { headOf, noticePush, refreshHook, refsOf } from './git-state.ts';
import type { Repository, State, Token } from './state.ts';

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export function isGitRequest(path: string): boolean {
  return PATH.test(path);
}

/** Clone, fetch and push, done by git's own `http-backend` (https://git-scm.com/docs/git-http-backend). */
export async function answerGit(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', state.gitUrl);
  const [, owner = '', name = '', service = ''] = PATH.exec(url.pathname) ?? [];
  const key = `${owner}/${name}`.toLowerCase();
  const repository = state.repositories.get(key) ?? state.renamed.get(key);
  const isPush = service === 'git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack';
  const token = knownToken(state, request.headers.authorization);
  if (!mayDo(token, repository, isPush)) {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end('Unauthorized\n');
    } else response.writeHead(token === undefined ? 401 : 404).end('Repository not found.\n');
    return;
  }
  if (repository === undefined) return;
  if (isPush && repository.archived) {
    response.writeHead(403).end('This repository was archived so it is read-only.\n');
    return;
  }
  if (!isPush) return runBackend(repository, url, service, request, response);
  await changing(repository, async () => {
    await refreshHook(state, repository);
    await runBackend(repository, url, service, request, response);
    if (service === 'git-receive-pack') await noticeBranches(state, repository);
  });
}

function knownToken(state: State, authorization: string | undefined): Token | undefined {
  try {
    return tokenOf(state, authorization);
  } catch {
    return undefined;
  }
}

function mayDo(token: Token | undefined, repository: Repository | undefined, isPush: boolean): boolean {
  if (repository === undefined) return false;
  if (repository.visibility === 'public' && !isPush) return true;
  if (token === undefined || token.repositories?.includes(repository.name) === false) return false;
  if (token.kind === 'classic') return token.scopes?.includes('repo') === true;
  const level = token.permissions?.contents;
  return isPush ? level === 'write' || level === 'admin' : level !== undefined;
}

/** The first branch that is pushed to an empty repository becomes its default. */
async function noticeBranches(state: State, repository: Repository): Promise<void> {
  const [first] = await refsOf(repository, 'refs/heads/');
  if (first !== undefined && (await headOf(repository, repository.defaultBranch)) === undefined) {
    repository.defaultBranch = first.ref.slice('refs/heads/'.length);
    await gitText(repository.folder, ['symbolic-ref', 'HEAD', first.ref]);
  }
  repository.lateContent = 0;
  noticePush(state, repository);
}

let backend: string | undefined;

function runBackend(
  repository: Repository,
  url: URL,
  service: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  backend ??= join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  const child = spawn(backend, [], {
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROJECT_ROOT: repository.folder,
      PATH_INFO: `/${service}`,
      REQUEST_METHOD: request.method,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'somebody',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    child.stdout.on('data', (chunk: Buffer) => {
      if (response.headersSent) return void response.write(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const lines = head.subarray(0, end).toString().split('\r\n');
      const headers = Object.fromEntries(lines.map((line) => line.split(/: */, 2)));
      const { Status: status = '200', ...others } = headers as Record<string, string>;
      response.writeHead(Number.parseInt(status, 10), others).write(head.subarray(end + 4));
    });
    child.on('error', reject);
    child.on('close', () => {
      response.end();
      resolve();
    });
  });
}
